#include "tests/soak/soak.hpp"

#include "tests/blackbox/simulated_providers.hpp"
#include "tests/support/waiting.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tinybook::soak {

namespace {

using namespace std::chrono_literals;
using test::provider_simulator;

constexpr const char* people_password = "correct horse";
constexpr int first_people = 12;
constexpr int first_articles = 20;
constexpr int lines_between_heads = 20;
constexpr auto quiet_part = 4s; ///< Of a minute's end.
constexpr std::array<const char*, providers> provider_names{"first", "second", "third"};

/// What the tests' own world has made quick and quiet, as in production again.
const std::vector<std::string> as_in_production{
    "--set",
    "passwords.argon2_passes=2",
    "--set",
    "passwords.argon2_memory=64MiB",
    "--set",
    "kafka.session_timeout=6s",
    // The balancer sends nothing new meanwhile.
    "--set",
    "http.drain_delay=1s",
};

void say(const std::string& text) {
  std::fprintf(stderr, "== %s\n", text.c_str());
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

std::string tenths(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// KiB; 0 = the process has ended.
double rss_of(int pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:"))
      return std::stod(line.substr(6));
  return 0;
}

int files_of(int pid) {
  std::error_code gone;
  std::filesystem::directory_iterator files{"/proc/" + std::to_string(pid) + "/fd", gone};
  return gone ? 0 : static_cast<int>(std::distance(begin(files), end(files)));
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in{line};
  for (std::string part; std::getline(in, part, '|');)
    out.push_back(part);
  return out;
}

// One statement, so that all of it is of one moment.
constexpr auto everything = R"sql(
SELECT 'account|' || coalesce(email, phone) FROM users
UNION ALL SELECT 'published|' || id FROM published_articles
UNION ALL SELECT 'title|' || id || '|' || title FROM articles
UNION ALL SELECT 'like|' || coalesce(email, phone) || '|' || article_id || '|' || day
  FROM likes JOIN users ON users.id = user_id
UNION ALL SELECT 'count|' || article_id || '|' || like_cnt FROM article_stats
  WHERE like_cnt > 0
UNION ALL SELECT 'day|' || article_id || '|' || day || '|' || cnt FROM like_days
  WHERE cnt > 0
UNION ALL SELECT 'message|' || phone || '|' || client_ref || '|' || state
  FROM sms_messages
UNION ALL SELECT 'today|' || floor(extract(epoch FROM now()) / 3600 + 8)::bigint / 24)sql";

void add_row(stored_rows& to, const std::vector<std::string>& words) {
  const auto& kind = words.at(0);
  const auto text = [&](std::size_t i) {
    return words.at(i);
  };
  const auto number = [&](std::size_t i) {
    return std::stoll(words.at(i));
  };
  if (kind == "account")
    to.accounts.insert(text(1));
  else if (kind == "published")
    to.published.insert(number(1));
  else if (kind == "title")
    to.titles[number(1)] = text(2);
  else if (kind == "like")
    to.likes[{text(1), number(2)}] = number(3);
  else if (kind == "count")
    to.counts[number(1)] = number(2);
  else if (kind == "day")
    to.days[{number(1), number(2)}] = number(3);
  else if (kind == "message")
    to.messages.push_back({text(1), text(2), static_cast<int>(number(3))});
  else
    to.today = number(1);
}

std::string trend(const char* name, const growth& of, double first, double last,
                  const char* unit) {
  return std::string{name} + ' ' + tenths(first) + " → " + tenths(last) + unit
         + (of.judged ? " (" + tenths(of.a_minute) + " a minute)" : "");
}

/// From 1: as the report counts them.
std::string name_of(std::size_t replica) {
  return "replica " + std::to_string(replica + 1);
}

} // namespace

soak::soak(soak_options options, const std::atomic<bool>& interrupted)
    : options_(std::move(options)),
      interrupted_(interrupted),
      more_providers_([] {
        std::vector<std::unique_ptr<provider_simulator>> made;
        for (std::size_t i = 1; i < providers; ++i)
          made.push_back(std::make_unique<provider_simulator>(test::simulator_options{}));
        return made;
      }()),
      world_({.fsync = true, .binary = options_.binary}),
      mail_([&] {
        std::vector<const provider_simulator*> all{&world_.provider};
        for (const auto& one : more_providers_)
          all.push_back(one.get());
        return all;
      }()) {}

soak::~soak() {
  {
    const std::lock_guard guard{mutex_};
    ends_ = true;
  }
  ending_.notify_all();
  if (reader_.joinable())
    reader_.join();
}

bool soak::run() {
  const auto plan = plan_soak(options_.length, options_.seed);
  set_up();
  const auto began = steady::now();
  for (std::size_t i = 0; i < plan.size() && !over(); ++i) {
    if (i % lines_between_heads == 0)
      print(table_head());
    run_minute(plan[i], static_cast<int>(i) + 1);
  }
  if (!over())
    wait_for_messages();
  judge_lives();
  say(tenths(seconds_since(began) / 60) + " minutes, seed "
      + std::to_string(options_.seed));
  tell_logs_of_dead();
  return tell_summary(rows_.size() == plan.size());
}

void soak::set_up() {
  say("two replicas over PostgreSQL, Redis and Kafka, seed "
      + std::to_string(options_.seed));
  for (std::size_t i = 0; i < more_providers_.size(); ++i)
    world_.configure(test::provider_table(*more_providers_[i], provider_names.at(i + 1)));
  reader_ = std::thread{[this] {
    take_readings();
  }};
  for (std::size_t i = 0; i < replicas; ++i)
    start(i);
  traffic_ = std::make_unique<traffic>(
      doors_, promises_, mail_, traffic::setting{options_.rate, options_.seed, [this] {
                                                   return world_.new_phone();
                                                 }});
  for (int i = 0; i < first_people; ++i) {
    const auto name = "person" + std::to_string(i);
    auto person = world_.person(name, static_cast<std::size_t>(i) % replicas);
    traffic_->add_person(name + "@example.org", people_password, person);
    for (int n = i; n < first_articles; n += first_people)
      traffic_->add_article(world_.article_of(person, "Article " + std::to_string(n)));
  }
}

void soak::start(std::size_t replica) {
  world_.start(replica, as_in_production);
  const auto& process = world_.replica(replica);
  auto begun = std::make_unique<life>();
  begun->replica = replica;
  begun->pid = process.pid();
  begun->began = steady::now();
  {
    const std::lock_guard guard{mutex_};
    lives_.push_back(std::move(begun));
  }
  doors_.opens(replica, process.port());
}

void soak::run_minute(const planned_minute& minute, int number) {
  const auto begin = steady::now();
  report_row row;
  row.first = row.last = number;
  traffic_->resume();
  world_.provider.behave(minute.of_providers[0].script);
  for (std::size_t i = 1; i < providers; ++i)
    more_providers_[i - 1]->behave(minute.of_providers.at(i).script);
  for (std::size_t i = 0; i < providers; ++i)
    if (const auto& trouble = minute.of_providers.at(i).trouble; !trouble.empty())
      row.done.push_back(std::string{provider_names.at(i)} + ' ' + trouble);
  for (const auto& one : minute.deeds) {
    wait_until(begin + one.at);
    if (over())
      break;
    carry_out(one, row.done);
  }
  wait_until(begin + 60s - quiet_part);
  traffic_->pause();
  row.seconds = seconds_since(begin);
  row.answered = traffic_->take();
  compare(row);
  for (const auto& [what, times] : row.answered.faults)
    fail("answers: " + what);
  print(table_line(row));
  rows_.push_back(std::move(row));
}

void soak::carry_out(const planned_deed& one, std::vector<std::string>& done) {
  traffic_->at_rest(false);
  try {
    switch (one.what) {
    case deed::restart_redis:
      done.push_back(restart("redis", one, world_.redis));
      break;
    case deed::restart_kafka:
      done.push_back(restart("kafka", one, world_.kafka));
      break;
    case deed::restart_postgres:
      done.push_back(restart("postgres", one, world_.postgres));
      break;
    case deed::kill_replica:
      done.push_back(kill(one));
      break;
    case deed::stop_replica:
      done.push_back(stop(one));
    }
  } catch (const std::runtime_error& e) {
    fail(e.what());
    died_ = true;
  }
  traffic_->at_rest(true);
}

std::string soak::restart(const char* name, const planned_deed& one, auto& server) {
  const auto begin = steady::now();
  server.stop();
  wait_until(begin + one.lasts);
  server.start();
  const auto away = seconds_since(begin);
  return std::string{name} + " away for " + tenths(away) + " s, all well "
         + wait_healed(name);
}

std::string soak::kill(const planned_deed& one) {
  const auto victim = doors_.at(one.replica);
  end_life(one.replica);
  victim->killed = true;
  world_.replica(one.replica).signal(SIGKILL);
  std::istringstream leased{world_.sql("SELECT phone FROM sms_messages WHERE state = 1")};
  promises_.leased_at_kill({std::istream_iterator<std::string>{leased}, {}});
  world_.kill(one.replica);
  return name_of(one.replica) + " killed" + come_back(one);
}

std::string soak::stop(const planned_deed& one) {
  const auto begin = steady::now();
  doors_.at(one.replica)->open = false;
  end_life(one.replica);
  world_.stop(one.replica);
  return name_of(one.replica) + " stopped within " + tenths(seconds_since(begin)) + " s"
         + come_back(one);
}

std::string soak::come_back(const planned_deed& one) {
  const auto begin = steady::now();
  wait_until(begin + one.lasts);
  start(one.replica);
  const auto away = seconds_since(begin);
  return ", back after " + tenths(away) + " s, all well " + wait_healed("a restart");
}

/// Providers may be in trouble meanwhile. Tells how long it took, and what came back
/// last.
std::string soak::wait_healed(const std::string& after) {
  const auto begin = steady::now();
  const auto is_of_providers = [](const std::string& part) {
    return part.starts_with("circuit.") || part.starts_with("pause.")
           || part == "no_provider";
  };
  std::string last;
  const auto is_well = [&](std::size_t replica) {
    auto missing = world_.missing(replica);
    std::erase_if(missing, is_of_providers);
    if (!missing.empty())
      last = missing.front();
    return missing.empty();
  };
  for (std::size_t i = 0; i < replicas; ++i)
    if (!test::wait_until(30s, [&] { return !lives(i) || is_well(i); }))
      fail("behind " + after + " " + name_of(i) + " is not well after 30 s: " + last);
  return tenths(seconds_since(begin)) + " s later"
         + (last.empty() ? "" : " (" + last + ')');
}

void soak::compare(report_row& into) {
  break_something();
  stored_rows rows;
  std::vector<std::string> found;
  try {
    rows = read_rows();
    found = promises_.losses(rows, mail_.received());
    compare_boards(rows, found);
  } catch (const std::runtime_error& e) {
    found.push_back(std::string{"the database cannot be compared: "} + e.what());
  }
  for (const auto& what : found)
    fail(what);
  into.losses = found.size();
  into.messages = promises_.count_messages(rows);
  into.likes = static_cast<std::int64_t>(rows.likes.size());
  const std::lock_guard guard{mutex_};
  for (const auto& one : lives_)
    if (!one->over && !one->files.empty())
      into.at_end.at(one->replica) = {one->rss_kib.back().value / 1024,
                                      static_cast<int>(one->files.back().value)};
}

/// On both replicas, once the events of the last writes have reached them.
void soak::compare_boards(const stored_rows& rows, std::vector<std::string>& found) {
  const auto begin = steady::now();
  const std::map<std::string, std::vector<board_row>> wanted{
      {"all", board_of_likes(rows, 0)},
      {"week", board_of_likes(rows, rows.today - 6)},
      {"day", board_of_likes(rows, rows.today)}};
  for (std::size_t i = 0; i < replicas; ++i)
    for (const auto& [window, board] : wanted) {
      std::string differs;
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(begin + 30s - steady::now());
      if (lives(i) && !test::wait_until(left, [&] {
            differs = difference(board, shown_board(i, window));
            return differs.empty();
          }))
        found.push_back("the board \"" + window + "\" of " + name_of(i)
                        + " is wrong after 30 s: " + differs);
    }
  if (!test::wait_until(10s, [&] {
        return world_.sql("SELECT count(*) FROM article_events") == "0\n";
      }))
    found.emplace_back("events of articles are not published after 10 s");
}

std::vector<board_row> soak::shown_board(std::size_t replica, const std::string& window) {
  const auto shown =
      world_.browser(replica).get("/articles/rank/100?window=" + window).data();
  std::vector<board_row> out;
  if (shown.is_object())
    for (const auto& row : shown.value("items", nlohmann::json::array()))
      out.push_back({row["id"], row["likeCnt"]});
  return out;
}

stored_rows soak::read_rows() const {
  stored_rows out;
  std::istringstream lines{world_.sql(everything)};
  for (std::string line; std::getline(lines, line);)
    add_row(out, split(line));
  return out;
}

void soak::break_something() {
  if (std::exchange(broken_, true))
    return;
  if (options_.breaks == sabotage::like)
    static_cast<void>(world_.sql("DELETE FROM likes WHERE (article_id, user_id) IN "
                                 "(SELECT article_id, user_id FROM likes LIMIT 1)"));
  if (options_.breaks == sabotage::message)
    static_cast<void>(world_.sql(
        "DELETE FROM sms_messages WHERE id = (SELECT min(id) FROM sms_messages)"));
}

/// In the end each accepted one is delivered, expired or dead.
void soak::wait_for_messages() {
  if (!test::wait_until(60s, [&] {
        ::poll(nullptr, 0, 200);
        return world_.sql("SELECT count(*) FROM sms_messages WHERE state < 2") == "0\n";
      }))
    fail("messages wait still, a minute after the last request");
  compare(rows_.back());
}

void soak::take_readings() {
  std::unique_lock lock{mutex_};
  while (!ending_.wait_for(lock, 1s, [&] { return ends_; }))
    for (auto& one : lives_)
      if (!one->over)
        read(*one);
}

void soak::read(life& one) {
  const auto minutes = seconds_since(one.began) / 60;
  const auto rss = rss_of(one.pid);
  if (rss == 0) {
    one.over = true;
    died_ = true;
    failures_.push_back(name_of(one.replica) + " has ended by itself");
    return;
  }
  const auto fake = [&](sabotage of, double a_minute) {
    return options_.breaks == of ? a_minute * minutes : 0;
  };
  one.rss_kib.push_back({minutes, rss + fake(sabotage::memory, 200 * 1024)});
  one.files.push_back({minutes, files_of(one.pid) + fake(sabotage::files, 200)});
}

void soak::end_life(std::size_t replica) {
  const std::lock_guard guard{mutex_};
  for (auto& one : lives_)
    if (one->replica == replica)
      one->over = true;
}

bool soak::lives(std::size_t replica) {
  const std::lock_guard guard{mutex_};
  return std::ranges::any_of(
      lives_, [&](const auto& one) { return one->replica == replica && !one->over; });
}

void soak::fail(const std::string& what) {
  const std::lock_guard guard{mutex_};
  if (std::ranges::find(failures_, what) != failures_.end())
    return;
  failures_.push_back(what);
  say("FAILED: " + what);
}

void soak::wait_until(steady::time_point until) const {
  while (!over() && steady::now() < until)
    ::poll(nullptr, 0, 20);
}

void soak::judge_lives() {
  const auto bounds = bounds_for(options_.length);
  const std::lock_guard guard{mutex_};
  print("\n");
  for (const auto& one : lives_) {
    if (one->files.empty())
      continue;
    const auto rss = judge_growth(one->rss_kib, bounds.rss_kib);
    const auto files = judge_growth(one->files, bounds.files);
    const auto text =
        name_of(one->replica) + ", a life of " + tenths(one->files.back().minutes)
        + " minutes: "
        + trend("RSS", rss, one->rss_kib.front().value, one->rss_kib.back().value, " KiB")
        + ", "
        + trend("open files", files, one->files.front().value, one->files.back().value,
                "");
    print(text + '\n');
    if (rss.leaks || files.leaks)
      failures_.push_back("a leak: " + text);
  }
}

void soak::tell_logs_of_dead() {
  for (std::size_t i = 0; i < replicas; ++i) {
    if (!world_.runs(i) || lives(i))
      continue;
    const auto log = world_.replica(i).standard_error();
    say("the end of the log of " + name_of(i) + "\n"
        + log.substr(log.size() - std::min<std::size_t>(log.size(), 3000)));
  }
}

bool soak::tell_summary(bool all) {
  const std::lock_guard guard{mutex_};
  if (rows_.empty()) {
    print("The run ended before its first minute did.\n");
    return false;
  }
  print('\n' + short_table(rows_));
  const auto& m = rows_.back().messages;
  print("SMS: " + std::to_string(m.accepted) + " accepted = "
        + std::to_string(m.delivered) + " delivered + " + std::to_string(m.expired)
        + " expired + " + std::to_string(m.dead) + " dead + " + std::to_string(m.waiting)
        + " waiting\nLikes: " + std::to_string(rows_.back().likes) + " rows, "
        + std::to_string(promises_.known_likes()) + " known from their answers\n");
  if (!all)
    print("The run ended early.\n");
  if (failures_.empty())
    print("Nothing was lost, nothing leaks, every 5xx was a declared 503.\n");
  for (const auto& what : failures_)
    print("FAILED: " + what + '\n');
  return failures_.empty();
}

} // namespace tinybook::soak
