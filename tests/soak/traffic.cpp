#include "tests/soak/traffic.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tinybook::soak {

namespace {

/// So many requests may be under way. Below http.max_in_flight_per_address, for all come
/// from one address.
constexpr std::size_t most_under_way = 48;
constexpr std::size_t most_people = 64;

std::size_t below(std::size_t end, random_source& random) {
  return std::uniform_int_distribution<std::size_t>{0, end - 1}(random);
}

std::string some_content(random_source& random) {
  std::string out;
  for (auto paragraphs = 1 + below(6, random); paragraphs > 0; --paragraphs)
    out +=
        "<p>Nobody had seen the harbour <b>this</b> quiet, and the boats that had gone "
        "out at night came back one by one without a light.</p>";
  return out;
}

} // namespace

door_ptr balancer::opens(std::size_t replica, int port) {
  auto made = std::make_shared<door>();
  made->replica = replica;
  made->port = port;
  const std::lock_guard guard{mutex_};
  doors_.at(replica) = made;
  return made;
}

door_ptr balancer::at(std::size_t replica) const {
  const std::lock_guard guard{mutex_};
  return doors_.at(replica);
}

door_ptr balancer::pick(random_source& random) const {
  const auto first = below(replicas, random);
  const std::lock_guard guard{mutex_};
  for (std::size_t i = 0; i < replicas; ++i)
    if (const auto& one = doors_.at((first + i) % replicas); one && one->open)
      return one;
  return nullptr;
}

void tally::add(const tally& other) {
  for (std::size_t i = 0; i < requests.size(); ++i)
    requests.at(i) += other.requests.at(i);
  for (std::size_t i = 0; i < answers.size(); ++i)
    answers.at(i) += other.answers.at(i);
  declared_at_rest += other.declared_at_rest;
  took_ms.insert(took_ms.end(), other.took_ms.begin(), other.took_ms.end());
  for (const auto& [what, times] : other.faults)
    faults[what] += times;
}

traffic::traffic(balancer& doors, ledger& promises, mailbox& mail, setting s)
    : doors_(doors), promises_(promises), mail_(mail), setting_(std::move(s)) {
  for (std::size_t i = 0; i < most_under_way; ++i)
    threads_.emplace_back([this] { live(); });
}

traffic::~traffic() {
  {
    const std::lock_guard guard{turns_mutex_};
    stopping_ = true;
    ++era_;
  }
  turns_.notify_all();
  for (auto& t : threads_)
    t.join();
}

void traffic::add_person(const std::string& email, const std::string& password,
                         const test::client& logged_in) {
  promises_.account(email);
  const std::lock_guard guard{people_mutex_};
  people_.push_back(
      {email, password, logged_in.access(), logged_in.refresh(), steady::now()});
}

void traffic::add_article(std::int64_t id) {
  promises_.article(id);
  const std::lock_guard guard{people_mutex_};
  articles_.push_back(id);
}

void traffic::resume() {
  {
    const std::lock_guard guard{turns_mutex_};
    paused_ = false;
    next_due_ = steady::now();
  }
  turns_.notify_all();
}

void traffic::pause() {
  std::unique_lock lock{turns_mutex_};
  paused_ = true;
  paused_at_ = steady::now();
  ++era_;
  turns_.notify_all();
  turns_.wait(lock, [&] { return under_way_ == 0 && next_due_ > paused_at_; });
}

tally traffic::take() {
  const std::lock_guard guard{tally_mutex_};
  return std::exchange(tally_, {});
}

void traffic::live() {
  std::array<std::unique_ptr<test::client>, replicas> clients;
  std::array<door_ptr, replicas> known;
  turn t{{}, {}, {}, &clients, &known};
  while (take_turn(t)) {
    act(t);
    const std::lock_guard guard{turns_mutex_};
    if (--under_way_ == 0 && paused_)
      turns_.notify_all();
  }
}

/// Takes the next turn and waits until it is due; false at the end.
bool traffic::take_turn(turn& t) {
  const auto period = std::chrono::duration_cast<steady::duration>(
      std::chrono::duration<double>{1 / setting_.rate});
  std::unique_lock lock{turns_mutex_};
  for (;;) {
    turns_.wait(lock, [&] { return stopping_ || !paused_ || next_due_ <= paused_at_; });
    if (stopping_)
      return false;
    const auto number = next_turn_++;
    t.due = next_due_;
    next_due_ += period;
    const auto era = era_;
    if (turns_.wait_until(lock, t.due, [&] { return era_ != era; }))
      continue;
    ++under_way_;
    t.name = std::to_string(number);
    t.random.seed(setting_.seed + number);
    return true;
  }
}

/// Of 1000 turns.
void traffic::act(turn& t) {
  struct share {
    std::size_t of_thousand;
    void (traffic::*act)(turn&);
  };
  static constexpr std::array<share, 8> writes{{
      {50, &traffic::like},
      {14, &traffic::save},
      {6, &traffic::publish},
      {11, &traffic::send_code},
      {11, &traffic::enter_code},
      {4, &traffic::refresh},
      {2, &traffic::log_in},
      {2, &traffic::sign_up},
  }};
  auto draw = below(1000, t.random);
  for (const auto& [of_thousand, act] : writes) {
    if (draw < of_thousand)
      return (this->*act)(t);
    draw -= of_thousand;
  }
  read(t);
}

test::answer traffic::ask(turn& t, traffic_kind kind, const char* what,
                          const request& send,
                          std::initializer_list<std::string_view> expected) {
  const auto to = doors_.pick(t.random);
  if (!to) {
    note(kind, "no replica is open", t, {}, answer_class::fault);
    return {};
  }
  auto& client = t.clients->at(to->replica);
  if (t.known->at(to->replica) != to) {
    client = std::make_unique<test::client>(to->port);
    t.known->at(to->replica) = to;
  }
  client->forget_cookies();
  auto got = send(*client);
  if (got.status == 0 && to->killed)
    to->open = false;
  note(kind, what, t, got,
       classify({got.status, got.error(), !got.header("Retry-After").empty(), to->killed},
                expected));
  return got;
}

void traffic::note(traffic_kind kind, const char* what, const turn& t,
                   const test::answer& got, answer_class means) {
  const std::chrono::duration<float, std::milli> took = steady::now() - t.due;
  const std::lock_guard guard{tally_mutex_};
  ++tally_.requests.at(static_cast<std::size_t>(kind));
  ++tally_.answers.at(static_cast<std::size_t>(means));
  tally_.took_ms.push_back(took.count());
  if (means == answer_class::declared && at_rest_)
    ++tally_.declared_at_rest;
  if (means == answer_class::fault)
    ++tally_.faults[std::string{what} + ": "
                    + (got.status == 0 ? httplib::to_string(got.broken)
                                       : std::to_string(got.status) + ' ' + got.error())];
}

void traffic::read(turn& t) {
  const auto id = std::to_string(some_article(t.random));
  const auto get = [](std::string path, std::string token) {
    return [path = std::move(path), token = std::move(token)](test::client& c) {
      c.use_tokens(token, "");
      return c.get(path);
    };
  };
  const auto window = std::array{"all", "week", "day"}.at(below(3, t.random));
  const auto draw = below(90, t.random);
  // Half of the readers are logged in.
  const auto token = draw % 2 == 0 ? some_token(t.random) : "";
  if (draw < 25)
    ask(t, traffic_kind::reads, "newest", get("/articles/pub", token));
  else if (draw < 26)
    ask(t, traffic_kind::reads, "no article", get("/articles/pub/9000000000", token),
        {"article_not_found"});
  else if (draw < 55)
    ask(t, traffic_kind::reads, "article", get("/articles/pub/" + id, token));
  else if (draw < 75)
    ask(t, traffic_kind::reads, "ranking",
        get(std::string{"/articles/rank/20?window="} + window, token));
  else if (draw < 83)
    ask(t, traffic_kind::reads, "rank", get("/articles/rank/of/" + id, token),
        {"article_not_found"}); // Nobody likes it.
  else
    ask(t, traffic_kind::reads, "profile", get("/users/profile", some_token(t.random)));
}

void traffic::like(turn& t) {
  for_anybody(t, [&](person& who) {
    const like_key key{who.name, some_article(t.random)};
    const bool wanted = below(3, t.random) != 0;
    promises_.like_begins(key);
    const auto got = ask(t, traffic_kind::likes, "like", [&](test::client& c) {
      c.use_tokens(who.access, "");
      return c.post("/articles/like", {{"id", key.article}, {"like", wanted}});
    });
    promises_.like_ends(key, got.status == 200 ? std::optional{wanted} : std::nullopt,
                        steady::now());
  });
}

void traffic::save(turn& t) {
  for_anybody(t, [&](person& who) {
    const auto title = "Draft " + t.name;
    nlohmann::json body{{"title", title}, {"content", some_content(t.random)}};
    if (who.draft != 0) {
      body["id"] = who.draft;
      promises_.title_begins(who.draft);
    }
    const auto got = ask(t, traffic_kind::saves, "save", [&](test::client& c) {
      c.use_tokens(who.access, "");
      return c.post("/articles/edit", body);
    });
    if (got.status == 200)
      who.draft = got.data().get<std::int64_t>();
    if (who.draft != 0)
      promises_.title_ends(who.draft,
                           got.status == 200 ? std::optional{title} : std::nullopt,
                           steady::now());
  });
}

void traffic::publish(turn& t) {
  for_anybody(t, [&](person& who) {
    const nlohmann::json body{{"title", "Article " + t.name},
                              {"content", some_content(t.random)}};
    const auto got = ask(t, traffic_kind::saves, "publish", [&](test::client& c) {
      c.use_tokens(who.access, "");
      return c.post("/articles/publish", body);
    });
    if (got.status == 200)
      add_article(got.data().get<std::int64_t>());
  });
}

void traffic::send_code(turn& t) {
  auto phone = setting_.new_phone();
  const auto got = ask(t, traffic_kind::codes, "send code", [&](test::client& c) {
    c.use_tokens("", "");
    return c.send_code(phone);
  });
  if (got.status != 200)
    return;
  promises_.code_accepted(phone);
  mail_.expect(std::move(phone));
}

void traffic::enter_code(turn& t) {
  const auto letter = mail_.next();
  if (!letter)
    return read(t);
  const auto& [phone, code] = *letter;
  std::string access;
  std::string refresh;
  const auto got = ask(t, traffic_kind::codes, "enter code", [&](test::client& c) {
    c.use_tokens("", "");
    auto a = c.log_in_by_code(phone, code);
    access = c.access();
    refresh = c.refresh();
    return a;
  });
  if (got.status != 200)
    return;
  promises_.account(phone);
  const std::lock_guard guard{people_mutex_};
  if (people_.size() < most_people)
    people_.push_back({phone, "", access, refresh, steady::now()});
}

void traffic::log_in(turn& t) {
  for_somebody(
      t,
      [&](random_source& random) -> person* {
        // Those with a password came first.
        auto& one = people_[below(people_.size(), random)];
        auto& who = one.password.empty() ? people_.front() : one;
        return who.busy ? nullptr : &who;
      },
      [&](person& who) {
        ask(t, traffic_kind::log_ins, "log-in", [&](test::client& c) {
          auto a = c.log_in(who.name, who.password);
          keep_tokens(who, a, c);
          return a;
        });
      });
}

void traffic::refresh(turn& t) {
  for_somebody(
      t,
      // Whose tokens are the oldest, so that nobody's run out.
      [&](random_source&) -> person* {
        person* oldest = nullptr;
        for (auto& one : people_)
          if (!one.busy && (oldest == nullptr || one.renewed < oldest->renewed))
            oldest = &one;
        return oldest;
      },
      [&](person& who) {
        ask(t, traffic_kind::log_ins, "refresh", [&](test::client& c) {
          c.use_tokens(who.refresh, "");
          auto a = c.get("/users/refresh_token");
          if (a.status == 200)
            c.use_tokens(a.header("X-Jwt-Token"), a.header("X-Refresh-Token"));
          keep_tokens(who, a, c);
          return a;
        });
      });
}

void traffic::sign_up(turn& t) {
  const auto email = "new" + t.name + "@example.org";
  const auto got = ask(t, traffic_kind::log_ins, "sign-up", [&](test::client& c) {
    c.use_tokens("", "");
    return c.sign_up(email, "correct horse");
  });
  if (got.status == 200)
    promises_.account(email);
}

void traffic::for_somebody(turn& t, const chooser& choose,
                           const std::function<void(person&)>& work) {
  person* who = nullptr;
  {
    const std::lock_guard guard{people_mutex_};
    who = choose(t.random);
    if (who != nullptr)
      who->busy = true;
  }
  if (who == nullptr)
    return read(t);
  work(*who);
  const std::lock_guard guard{people_mutex_};
  who->busy = false;
}

void traffic::for_anybody(turn& t, const std::function<void(person&)>& work) {
  for_somebody(
      t,
      [&](random_source& random) -> person* {
        auto& one = people_[below(people_.size(), random)];
        return one.busy ? nullptr : &one;
      },
      work);
}

void traffic::keep_tokens(person& who, const test::answer& got, const test::client& c) {
  if (got.status != 200)
    return;
  const std::lock_guard guard{people_mutex_};
  who.access = c.access();
  who.refresh = c.refresh();
  who.renewed = steady::now();
}

std::string traffic::some_token(random_source& random) {
  const std::lock_guard guard{people_mutex_};
  return people_[below(people_.size(), random)].access;
}

/// Earlier ones are read and liked more often.
std::int64_t traffic::some_article(random_source& random) {
  const std::lock_guard guard{people_mutex_};
  const auto n = articles_.size();
  return articles_[std::min(below(n, random), below(n, random))];
}

} // namespace tinybook::soak
