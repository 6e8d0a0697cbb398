#include "tests/blackbox/cluster_load.hpp"

#include "storage/support/calendar.hpp"
#include "storage/types.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

namespace tinybook::test {

namespace {

using std::chrono::steady_clock;

constexpr const char* load_password = "correct horse";

std::string number(int n) {
  auto digits = std::to_string(n);
  return std::string(8 - digits.size(), '0') + digits;
}

} // namespace

cluster_load::cluster_load(cluster_world& world, const std::string& name, int people,
                           int articles)
    : world_(world), name_(name) {
  for (int i = 0; i < people; ++i)
    persons_.push_back(world.person(name + std::to_string(i)));
  for (int i = 0; i < articles; ++i)
    articles_.push_back(world.article_of(persons_[0], name + std::to_string(i)));
}

void cluster_load::run_on(const std::vector<std::size_t>& replicas) {
  finish();
  stopping_ = false;
  for (std::size_t who = 0; who < persons_.size(); ++who)
    threads_.emplace_back([this, who, replicas] { live(who, replicas); });
}

void cluster_load::finish() {
  stopping_ = true;
  for (auto& t : threads_)
    t.join();
  threads_.clear();
}

bool cluster_load::goes_on(int more, std::chrono::milliseconds bound) const {
  auto wanted = succeeded_ + more;
  return becomes(bound, [&] { return succeeded_ >= wanted; });
}

void cluster_load::live(std::size_t who, std::vector<std::size_t> replicas) {
  std::mt19937 random{static_cast<unsigned>(who) * 31U
                      + static_cast<unsigned>(++serial_)};
  std::vector<client> doors;
  for (auto i : replicas)
    doors.push_back(world_.same_person(persons_[who], i));
  while (!stopping_) {
    auto& c = doors[random() % doors.size()];
    switch (random() % 10) {
    case 0:
      sign_up(c);
      break;
    case 1:
      ask_for_code(c);
      break;
    case 2:
    case 3:
      look_at_board(c);
      break;
    case 4:
      timed("profile", [&] { return c.get("/users/profile"); });
      break;
    default:
      toggle(c, who, articles_[random() % articles_.size()], random() % 2 == 0);
    }
  }
}

template <class Request>
answer cluster_load::timed(const std::string& what, Request request) {
  auto begin = steady_clock::now();
  answer a = request();
  auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin)
          .count();
  for (auto seen = slowest_ms_.load(); took > seen;)
    if (slowest_ms_.compare_exchange_weak(seen, took))
      break;
  if (took > 6000)
    note_wrong(what + " took more than 6 s");
  if (a.status == 200)
    ++succeeded_;
  else if (a.status == 0)
    ++broken_;
  else
    ++refused_;
  if (a.status == 0 ? !kills_ : !acceptable(a))
    note_wrong(what + " got " + std::to_string(a.status) + ' ' + a.error());
  if (a.status == 0)
    ::poll(nullptr, 0, 20); // Its replica is away.
  return a;
}

bool cluster_load::acceptable(const answer& a) {
  return a.status == 200 || (a.status == 503 && !a.header("Retry-After").empty());
}

void cluster_load::note_wrong(const std::string& what) {
  std::lock_guard guard{mutex_};
  ++wrongs_[what];
}

/// Nobody else uses the person's account, so its last like or unlike is known.
void cluster_load::toggle(client& c, std::size_t who, std::int64_t article, bool like) {
  {
    std::lock_guard guard{mutex_};
    likes_[{who, article}] = std::nullopt;
  }
  auto a = timed("like", [&] {
    return c.post("/articles/like", {{"id", article}, {"like", like}});
  });
  std::lock_guard guard{mutex_};
  if (a.status == 200)
    likes_[{who, article}] = like;
}

void cluster_load::look_at_board(client& c) {
  auto asked = system_now();
  auto a = timed("ranking", [&] { return c.get("/articles/rank/100"); });
  if (a.status != 200)
    return;
  auto data = a.data();
  auto as_of = parse_rfc3339(data.value("asOf", ""));
  // It may be ten seconds old before it must be marked stale, plus one refresh period.
  if (!as_of
      || (!data.value("stale", false)
          && asked - *as_of > std::chrono::milliseconds{12'000}))
    note_wrong("ranking is old and not marked as stale");
}

void cluster_load::ask_for_code(client& c) {
  auto phone = world_.new_phone();
  auto a = timed("code", [&] { return c.send_code(phone); });
  std::lock_guard guard{mutex_};
  if (a.status == 200)
    phones_.push_back(phone);
}

void cluster_load::sign_up(client& c) {
  auto email = name_ + "-new" + number(++serial_) + "@example.org";
  auto a = timed("sign-up", [&] { return c.sign_up(email, load_password); });
  std::lock_guard guard{mutex_};
  if (a.status == 200)
    emails_.push_back(email);
}

bool cluster_load::board_is_right(std::size_t replica) {
  std::istringstream rows{
      world_.sql("SELECT article_id, like_cnt FROM article_stats WHERE published "
                 "AND like_cnt > 0")};
  std::map<std::int64_t, std::int64_t> wanted;
  std::int64_t id = 0;
  std::int64_t count = 0;
  for (char bar = 0; rows >> id >> bar >> count;)
    wanted[id] = count;
  return board_of(world_, replica) == wanted;
}

/// Accounts and likes, as far as they are known for sure.
void cluster_load::check_rows() {
  auto words = [&](const std::string& sql) {
    std::istringstream rows{world_.sql(sql)};
    return std::set<std::string>{std::istream_iterator<std::string>{rows}, {}};
  };
  auto accounts = words("SELECT email FROM users WHERE email LIKE '" + name_ + "%'");
  for (const auto& email : emails_)
    CHECK_MESSAGE(accounts.contains(email), email);
  auto liked_now =
      words("SELECT u.email || '/' || l.article_id FROM likes l JOIN users u "
            "ON u.id = l.user_id WHERE u.email LIKE '"
            + name_ + "%'");
  for (const auto& [key, liked] : likes_) {
    auto row =
        name_ + std::to_string(key.first) + "@example.org/" + std::to_string(key.second);
    if (liked)
      CHECK_MESSAGE(liked_now.contains(row) == *liked, row);
  }
  CHECK(words("SELECT s.article_id FROM article_stats s WHERE published AND like_cnt <> "
              "(SELECT count(*) FROM likes l WHERE l.article_id = s.article_id)")
            .empty());
}

bool cluster_load::all_messages_ended() {
  std::set<std::string> ended;
  for (const auto& seen : world_.provider.accepted())
    ended.insert(seen.sms.phone);
  return std::ranges::all_of(phones_,
                             [&](const auto& phone) { return ended.contains(phone); });
}

void cluster_load::check(std::chrono::milliseconds bound) {
  finish();
  for (const auto& [what, times] : wrongs_)
    CHECK_MESSAGE(times == 0, what);
  auto begin = steady_clock::now();
  for (std::size_t i = 0; i < cluster_world::most_replicas; ++i)
    if (world_.runs(i))
      CHECK_MESSAGE(becomes(bound, [&] { return board_is_right(i); }), "board of " << i);
  auto boards = steady_clock::now() - begin;
  check_rows();
  CHECK_MESSAGE(becomes(30s, [&] { return all_messages_ended(); }),
                "an accepted message was not sent");
  MESSAGE(name_ << ": " << succeeded_.load() << " succeeded, " << refused_.load()
                << " refused with 503, " << broken_.load() << " broke off, slowest "
                << slowest_ms_.load() << " ms, boards right after "
                << std::chrono::duration_cast<std::chrono::milliseconds>(boards).count()
                << " ms");
}

} // namespace tinybook::test
