#include "actors/system/ask.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

struct fact {
  std::string text;
};

/// Answered when the test says so.
struct look_up {
  using reply = fact;
  std::string what;
};

struct travel {
  using reply = fact;
  std::string way;
};

/// Answers what was asked, with a failure where one is named.
struct reveal {
  using reply = void;
  std::string what;
  errc code = errc::none;
};

using oracle_actor = actor_for<look_up, reveal>;
using traveller_actor = actor_for<travel>;

/// What the actors of a case have come to.
struct journey_log {
  std::vector<std::string> asked;                        ///< Of the oracle, in order.
  std::map<std::string, std::chrono::milliseconds> left; ///< The time for each of them.
  int held = 0;                                          ///< Things that frames hold.
  int held_at_the_end = -1; ///< When the state of the traveller was destroyed.
};

class oracle_state {
 public:
  using actor_type = oracle_actor;
  oracle_state(self_pointer<actor_type> self, journey_log& log)
      : self_(std::move(self)), log_(log) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const look_up& asked) -> caf::result<fact> {
          log_.asked.push_back(asked.what);
          if (asked.what.starts_with("now "))
            return fact{asked.what.substr(4)};
          pending_reply<fact> reply(self_);
          log_.left[asked.what] = reply.within(24h);
          open_.insert_or_assign(asked.what, reply);
          return reply.promise();
        },
        [this](const reveal& m) {
          auto asked = open_.extract(m.what);
          REQUIRE_FALSE(asked.empty());
          if (m.code == errc::none)
            asked.mapped()(fact{m.what});
          else
            asked.mapped()(m.code);
        },
    };
  }

 private:
  std::map<std::string, pending_reply<fact>> open_;
  self_pointer<actor_type> self_;
  journey_log& log_;
};

class traveller_state {
 public:
  using actor_type = traveller_actor;
  traveller_state(self_pointer<actor_type> self, address<oracle_actor> oracle,
                  journey_log& log)
      : self_(std::move(self)), oracle_(std::move(oracle)), log_(log) {}
  ~traveller_state() { log_.held_at_the_end = log_.held; }
  traveller_state(const traveller_state&) = delete;
  traveller_state& operator=(const traveller_state&) = delete;

  actor_type::behavior_type make_behavior() {
    return {
        [this](const get_status&) {
          actor_status status;
          self_.running->add_gauges(status);
          status.gauges.push_back(
              {"late_answers", static_cast<double>(self_.running->late_answers())});
          return status;
        },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](travel& m) {
          return begin_journey(self_, m.way == "pair" ? "pair" : "single",
                               go(std::move(m.way)));
        },
    };
  }

 private:
  /// What a frame holds is given back, however the frame ends.
  class held_thing {
   public:
    explicit held_thing(journey_log& log) : log_(log) { ++log_.held; }
    ~held_thing() { --log_.held; }
    held_thing(const held_thing&) = delete;
    held_thing& operator=(const held_thing&) = delete;

   private:
    journey_log& log_;
  };

  task<result<fact>> learn(std::string what) {
    const held_thing thing(log_);
    auto found = co_await ask(oracle_, 10s, look_up{what});
    if (what == "now throw")
      throw std::runtime_error("a step failed");
    co_return found;
  }

  task<result<fact>> two_in_a_row(std::string a, std::string b) {
    auto first = co_await learn(std::move(a));
    if (!first)
      co_return std::move(first.error());
    auto second = co_await learn(std::move(b));
    if (!second)
      co_return std::move(second.error());
    co_return fact{first->text + " then " + second->text};
  }

  task<result<fact>> by_default() {
    co_return co_await ask(oracle_, default_timeout{10s}, look_up{"slow"});
  }

  task<result<fact>> go(std::string way) {
    if (way == "row")
      co_return co_await two_in_a_row("a", "b");
    if (way == "pair" || way == "pair that throws") {
      auto [a, b] =
          co_await both(learn("a"), learn(way == "pair" ? "now b" : "now throw"));
      if (!a || !b)
        co_return std::move(a ? b.error() : a.error());
      co_return fact{a->text + " and " + b->text};
    }
    if (way == "all") {
      std::vector<task<result<fact>>> steps;
      for (const auto* what : {"a", "now b", "c"})
        steps.push_back(learn(what));
      std::string texts;
      for (const auto& one : co_await when_all(std::move(steps)))
        texts += one ? one->text : "?";
      co_return fact{texts};
    }
    if (way == "none") {
      const auto none = co_await when_all(std::vector<task<result<fact>>>{});
      co_return fact{std::to_string(none.size())};
    }
    if (way == "committed") {
      auto first = co_await learn("a");
      (void)co_await regardless_of_deadline(learn("b"));
      if (!co_await learn("c"))
        first->text += " alone";
      co_return first;
    }
    if (way == "pause") {
      if (auto rested = co_await pause(5s); !rested)
        co_return std::move(rested.error());
      co_return fact{"rested"};
    }
    if (way == "step by default")
      co_return co_await by_default();
    if (way == "step by default, regardless")
      co_return co_await regardless_of_deadline(by_default());
    if (way == "short step")
      co_return co_await ask(oracle_, 1s, look_up{"slow"});
    if (way == "full")
      co_return co_await asking<look_up>(oracle_, 10s, look_up{"full"}, 0);
    if (way == "hurry")
      co_return co_await ask(oracle_, 0s, look_up{"hurry"});
    if (way == "nested") {
      self_.running->start("inner", no_deadline, learn("inner"),
                           [this](result<fact> f) { inner_ = std::move(f); });
      auto outer = co_await learn("outer");
      if (!outer)
        co_return std::move(outer.error());
      co_return fact{outer->text + (inner_ ? " after " + (*inner_)->text : " alone")};
    }
    co_return co_await learn(std::move(way));
  }

  self_pointer<actor_type> self_;
  address<oracle_actor> oracle_;
  journey_log& log_;
  std::optional<result<fact>> inner_;
};

/// Gathers what is answered, by the number of the request.
class answer_book final : public caf::monitorable_actor {
 public:
  explicit answer_book(caf::actor_config& config) : monitorable_actor(config) {}

  using monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr answer, caf::execution_unit* /*unit*/) override {
    auto& content = answer->content();
    answers[answer->mid.request_id().integer_value()].push_back(
        content.match_elements<fact>()
            ? result<fact>{content.get_mutable_as<fact>(0)}
            : result<fact>{to_failure(content.get_as<caf::error>(0), "test")});
  }

  std::map<std::uint64_t, std::vector<result<fact>>> answers;
};

struct journey_world : test::actor_fixture {
  journey_world() {
    caf::actor_config config;
    book = caf::make_actor<answer_book, caf::strong_actor_ptr>(sys.next_actor_id(),
                                                               sys.node(), &sys, config);
  }

  /// Begins one with a deadline of its own; gives its number.
  std::uint64_t send(const std::string& way, std::chrono::milliseconds within = 1h) {
    const auto id = caf::make_message_id(++last_number_);
    caf::actor_cast<caf::strong_actor_ptr>(traveller)->enqueue(
        make_request(book, id, sched.clock().now() + within, travel{way}), nullptr);
    run();
    return id.request_id().integer_value();
  }

  /// All answers to a request.
  std::vector<result<fact>>& answers(std::uint64_t number) {
    return static_cast<answer_book&>(*book->get()).answers[number];
  }
  std::string text_of(std::uint64_t number) {
    auto& all = answers(number);
    REQUIRE(all.size() == 1);
    REQUIRE_MESSAGE(all.front().ok(), all.front().error().detail);
    return all.front()->text;
  }
  failure failure_of(std::uint64_t number) {
    auto& all = answers(number);
    REQUIRE(all.size() == 1);
    REQUIRE_FALSE(all.front().ok());
    return all.front().error();
  }

  void answer(const std::string& what, errc code = errc::none) {
    caf::anon_send(oracle, reveal{what, code});
    run();
  }

  /// The number of journeys of a kind, by the gauges.
  double under_way(const std::string& kind, const std::string& name = "journeys") {
    const auto status = ask(traveller, get_status{}).value();
    for (const auto& one : status.gauges)
      if (one.name == name && one.labels == gauge_labels{{"journey", kind}})
        return one.value;
    return 0;
  }

  journey_log log;
  address<oracle_actor> oracle_address{
      std::make_shared<actor_meter>("oracle", "test", "")};
  meter_ptr meter = std::make_shared<actor_meter>("traveller", "test", "");
  handle_of<oracle_actor> oracle = start<oracle_actor, oracle_state>(oracle_address, log);
  handle_of<traveller_actor> traveller =
      start<traveller_actor, traveller_state>(meter, oracle_address, log);
  caf::strong_actor_ptr book;

 private:
  std::uint64_t last_number_ = 0;
};

} // namespace

TEST_CASE_FIXTURE(journey_world, "a journey goes through its steps in their order") {
  const auto one = send("row");
  CHECK(log.asked == std::vector<std::string>{"a"});
  CHECK(under_way("single") == 1);
  CHECK(meter->pending_requests == 1);
  answer("a");
  CHECK(answers(one).empty());
  answer("b");
  CHECK(text_of(one) == "a then b");
  CHECK(under_way("single") == 0);
  CHECK(meter->pending_requests == 0);
  CHECK(log.held == 0);
}

TEST_CASE_FIXTURE(journey_world, "journeys of one actor do not wait for one another") {
  const auto slow = send("slow");
  const auto quick = send("now quick");
  CHECK(text_of(quick) == "quick");
  CHECK(answers(slow).empty());
  answer("slow");
  CHECK(text_of(slow) == "slow");
}

TEST_CASE_FIXTURE(journey_world,
                  "both go at once, and the journey goes on with the last") {
  const auto one = send("pair");
  CHECK(log.asked == std::vector<std::string>{"a", "now b"});
  CHECK(under_way("pair") == 1);
  answer("a");
  CHECK(text_of(one) == "a and b");
}

TEST_CASE_FIXTURE(journey_world,
                  "the failure of a step ends a journey where it says so") {
  const auto one = send("row");
  answer("a", errc::overloaded);
  CHECK(failure_of(one).code == errc::overloaded);
  CHECK(log.asked.size() == 1);
}

TEST_CASE_FIXTURE(journey_world,
                  "a journey that throws ends its actor, as a handler does; its "
                  "requester and those of the others hear why") {
  const auto other = send("other");
  const auto one = send("now throw");
  CHECK(failure_of(one).code == errc::internal);
  CHECK(failure_of(other).code == errc::unavailable);
  CHECK(meter->health.last_error().text == "a step failed");
  CHECK(log.held_at_the_end == 0);
}

TEST_CASE_FIXTURE(journey_world, "one of both that throws takes the other with it") {
  const auto one = send("pair that throws");
  CHECK(answers(one).empty());
  answer("a"); // Both are waited for.
  CHECK(failure_of(one).code == errc::internal);
  CHECK(log.held_at_the_end == 0);
}

TEST_CASE_FIXTURE(journey_world,
                  "with its actor a journey ends, and gives back what it holds before "
                  "the state goes") {
  const auto waits = send("x");
  const auto waits_for_both = send("pair");
  const auto rests = send("pause");
  REQUIRE(log.held == 2);
  SUBCASE("in an orderly way") {
    caf::anon_send(traveller, shut_down{});
  }
  SUBCASE("by force") {
    caf::anon_send_exit(traveller, caf::exit_reason::kill);
  }
  run();
  CHECK(log.held_at_the_end == 0);
  for (auto number : {waits, waits_for_both, rests})
    CHECK(failure_of(number).code == errc::unavailable);
  CHECK(meter->pending_requests == 0);
  answer("x"); // Comes to nobody.
  advance(2h, 1h);
  CHECK(answers(waits).size() == 1);
}

TEST_CASE_FIXTURE(journey_world,
                  "a deadline bounds each step; what is too late is not begun") {
  SUBCASE("the step at work fails at the deadline, not later") {
    const auto one = send("row", 3s);
    advance(2900ms);
    CHECK(answers(one).empty());
    advance(100ms);
    CHECK(failure_of(one).code == errc::deadline_exceeded);
    CHECK(log.asked == std::vector<std::string>{"a"});
  }
  SUBCASE("a step has a bound of its own") {
    const auto one = send("short step", 3s);
    advance(1s);
    CHECK(failure_of(one).detail == "oracle did not answer in time");
  }
  SUBCASE("the default bounds no step that has a deadline") {
    const auto one = send("step by default", 25s);
    CHECK(log.left.at("slow") == 25s);
    advance(24s);
    CHECK(answers(one).empty());
    advance(1s);
    CHECK(failure_of(one).detail == "oracle did not answer in time");
  }
  SUBCASE("the default bounds a step without a deadline") {
    const auto one = send("step by default, regardless", 25s);
    CHECK(log.left.at("slow") == 10s);
    advance(10s);
    CHECK(failure_of(one).detail == "oracle did not answer in time");
  }
  SUBCASE("no time at all") {
    const auto one = send("hurry");
    CHECK(failure_of(one).code == errc::deadline_exceeded);
    CHECK(log.asked.empty());
  }
}

TEST_CASE_FIXTURE(journey_world, "what is committed is told, whoever waits for it") {
  const auto one = send("committed", 3s);
  advance(2900ms);
  answer("a");
  advance(1s);
  CHECK(log.asked.back() == "b");
  answer("b");
  CHECK(log.asked.back() == "b"); // What comes behind it is too late.
  CHECK(text_of(one) == "a alone");
}

TEST_CASE_FIXTURE(journey_world, "the time of a journey travels with its commands") {
  const auto one = send("a", 3s);
  CHECK(log.left.at("a") == 3s);
  answer("a");
  CHECK(text_of(one) == "a");
}

TEST_CASE_FIXTURE(journey_world,
                  "an answer that comes too late finds nobody, and is counted") {
  const auto late = send("late", 1s);
  advance(1s);
  CHECK(failure_of(late).code == errc::deadline_exceeded);
  const auto next = send("next"); // Takes the place of the one before.
  answer("late");
  CHECK(answers(next).empty());
  CHECK(gauge_of(traveller, "late_answers") == 1);
  answer("next");
  CHECK(text_of(next) == "next");
}

TEST_CASE_FIXTURE(journey_world, "who is not there is told as unavailable, by name") {
  SUBCASE("dead") {
    caf::anon_send_exit(oracle, caf::exit_reason::kill);
    run();
  }
  SUBCASE("not started") {
    oracle_address.clear();
  }
  const auto why = failure_of(send("a"));
  CHECK(why.code == errc::unavailable);
  CHECK(why.detail.find("oracle") != std::string::npos);
}

TEST_CASE_FIXTURE(journey_world,
                  "where the queue is full nothing is sent, and it is told "
                  "when to come back") {
  const auto why = failure_of(send("full"));
  CHECK(why.code == errc::overloaded);
  CHECK(why.retry_after == 1s);
  CHECK(why.detail.find("oracle") != std::string::npos);
  CHECK(log.asked.empty());
}

TEST_CASE_FIXTURE(journey_world,
                  "a pause ends on time, and is not begun where time is short") {
  const auto one = send("pause");
  const auto two = send("pause", 4s);
  CHECK(failure_of(two).code == errc::deadline_exceeded);
  advance(4900ms);
  CHECK(answers(one).empty());
  advance(100ms);
  CHECK(text_of(one) == "rested");
}

TEST_CASE_FIXTURE(journey_world, "a journey may begin another") {
  const auto one = send("nested");
  CHECK(log.asked == std::vector<std::string>{"inner", "outer"});
  CHECK(under_way("inner") == 1);
  SUBCASE("that ends before it") {
    answer("inner");
    answer("outer");
    CHECK(text_of(one) == "outer after inner");
  }
  SUBCASE("that outlives it") {
    answer("outer");
    CHECK(text_of(one) == "outer alone");
    CHECK(under_way("inner") == 1);
    answer("inner");
    CHECK(under_way("inner") == 0);
  }
}

TEST_CASE_FIXTURE(journey_world, "the gauges tell the age of the oldest of a kind") {
  (void)send("a");
  advance(2s);
  (void)send("b");
  advance(1s);
  CHECK(under_way("single") == 2);
  CHECK(under_way("single", "oldest_journey_seconds") == 3);
}

TEST_CASE_FIXTURE(journey_world, "many waits need few timers") {
  for (int i = 0; i < 100; ++i)
    (void)send("a" + std::to_string(i));
  const auto before = meter->handled();
  advance(9s);
  CHECK(meter->handled() == before);
  advance(2s);
  CHECK(meter->handled() == before + 1);
  CHECK(under_way("single") == 0);
}

} // namespace tinybook
