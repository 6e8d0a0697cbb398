#include "actors/sms/outcome_writer.hpp"
#include "tests/actors/sms/delivery_fixture.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// A row that gives its outcome.
struct give_outcome {
  using reply = void;
  message_id row = 0;
  bool again = false;
};
/// Ends the journey of a row.
struct drop_row {
  using reply = void;
  message_id row = 0;
};

using row_host_actor = actor_for<give_outcome, drop_row>;

/// What rows were answered with, in the order in which they went on.
struct answered_rows {
  std::vector<std::pair<message_id, bool>> kept;
  std::vector<message_id> failed;
  int batches_done = 0;
  int batches_failed = 0;
};

/// Journeys that write outcomes, and nothing else.
class row_host_state {
 public:
  using actor_type = row_host_actor;

  row_host_state(self_pointer<actor_type> self,
                 const store_address<sms_outbox_actor>& store, answered_rows* answers,
                 const std::map<message_id, std::int64_t>* tokens)
      : self_(std::move(self)),
        answers_(answers),
        tokens_(tokens),
        writer_(self_, store, 10s, [this](const failure* why) {
          ++(why == nullptr ? answers_->batches_done : answers_->batches_failed);
        }) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const give_outcome& m) {
          self_.running->start(
              "row", no_deadline, write(m), [](const result<done>&) {}, &rows_[m.row]);
        },
        [this](const drop_row& m) { journeys::end(*rows_.at(m.row)); },
    };
  }

 private:
  task<result<done>> write(give_outcome m) {
    const auto answer = co_await writer_.write(dead(m.row), tokens_->at(m.row), m.again);
    if (answer)
      answers_->kept.emplace_back(m.row, answer->kept);
    else
      answers_->failed.push_back(m.row);
    co_return done{};
  }

  static storage::finish_message dead(message_id row) {
    storage::finish_message out;
    out.id = row;
    out.state = storage::message_state::dead;
    return out;
  }

  self_pointer<actor_type> self_;
  answered_rows* answers_;
  const std::map<message_id, std::int64_t>* tokens_;
  std::map<message_id, journey*> rows_;
  outcome_writer writer_;
};

/// Rows that are leased in a scripted store, with the tokens by which they are.
class outcome_writer_fixture : public actor_fixture {
 public:
  using door = delivery_store;
  using batches = std::vector<std::vector<message_id>>;
  using kept_rows = std::vector<std::pair<message_id, bool>>;

  outcome_writer_fixture() {
    writer.set(
        start<door::writer, scripted_store_state<door::writer, door::write_commands>>(
            "writer", &store));
    for (int i = 0; i < 300; ++i) {
      storage::sms_message row;
      row.phone = "+86138001" + std::to_string(10'000 + i);
      row.expires_at = now() + 10min;
      REQUIRE(store.model.run(storage::submit_message{row, {}}));
    }
    const auto claimed = store.model.run(storage::claim_messages{now(), 1h, 300});
    for (const auto& row : claimed->messages)
      tokens[row.id] = row.lease_token;
    store.holds_outcomes = true;
  }
  ~outcome_writer_fixture() {
    // What is held is a promise of the writer, which answers only while it runs.
    store.release();
    run();
    writer.clear();
  }

  void give(std::initializer_list<message_id> rows) {
    for (const auto row : rows)
      caf::anon_send(host, give_outcome{row});
    run();
  }
  void repeat(message_id row) {
    caf::anon_send(host, give_outcome{row, true});
    run();
  }
  /// Lets the store do what it has by now, and no more.
  void answer_once() {
    for (auto& go_on : std::exchange(store.held, {}))
      go_on();
    run();
  }

  scripted_store store;
  std::map<message_id, std::int64_t> tokens;
  answered_rows answers;
  address<door::writer> writer{std::make_shared<actor_meter>("writer", "store", "test")};
  handle_of<row_host_actor> host = start<row_host_actor, row_host_state>(
      "rows", store_address<delivery_store>{writer, {}}, &answers, &tokens);
};

} // namespace

TEST_CASE_FIXTURE(outcome_writer_fixture,
                  "an outcome goes at once, and those that come meanwhile go together") {
  give({1});
  CHECK(store.held.size() == 1);
  give({3, 2});
  give({4});
  CHECK(store.held.size() == 1);
  answer_once();
  CHECK(answers.kept == kept_rows{{1, true}});
  CHECK(store.held.size() == 1); // With no other outcome to come.
  answer_once();
  CHECK(store.held.empty());
  CHECK(store.batches == batches{{1}, {3, 2, 4}});
  CHECK(answers.kept == kept_rows{{1, true}, {3, true}, {2, true}, {4, true}});
  give({5});
  CHECK(store.held.size() == 1);
}

TEST_CASE_FIXTURE(outcome_writer_fixture, "each row gets its own answer") {
  give({1, 2, 3, 4});
  tokens[3] = 0; // Before its batch goes.
  answer_once();
  answer_once();
  CHECK(answers.kept == kept_rows{{1, true}, {2, true}, {3, false}, {4, true}});
}

TEST_CASE_FIXTURE(outcome_writer_fixture,
                  "a row that is claimed anew while it waits is written by that token") {
  give({1, 2});
  REQUIRE(store.model.run(storage::reclaim_leases{now(), true}));
  const auto anew = store.model.run(storage::claim_messages{now(), 1h, 300});
  for (const auto& row : anew->messages)
    tokens[row.id] = row.lease_token;
  answer_once();
  answer_once();
  CHECK(answers.kept == kept_rows{{1, false}, {2, true}});
}

TEST_CASE_FIXTURE(outcome_writer_fixture, "a batch is bounded") {
  give({1});
  for (message_id row = 2; row <= 300; ++row)
    caf::anon_send(host, give_outcome{row});
  run();
  while (!store.held.empty())
    answer_once();
  std::vector<std::size_t> sizes;
  for (const auto& batch : store.batches)
    sizes.push_back(batch.size());
  CHECK(sizes == std::vector<std::size_t>{1, 128, 128, 43});
  CHECK(answers.kept.size() == 300);
}

TEST_CASE_FIXTURE(outcome_writer_fixture,
                  "what is written again goes alone and holds up no batch") {
  store.poisoned = {2};
  give({1, 2, 3});
  answer_once();
  answer_once();
  CHECK(answers.failed == std::vector<message_id>{2, 3});
  CHECK(answers.batches_failed == 1);
  repeat(2);
  repeat(3);
  give({4, 5});
  CHECK(store.held.size() == 3);
  answer_once();
  answer_once();
  CHECK(store.batches == batches{{1}, {2, 3}, {2}, {3}, {4}, {5}});
  CHECK(answers.failed == std::vector<message_id>{2, 3, 2});
  CHECK(answers.kept == kept_rows{{1, true}, {3, true}, {4, true}, {5, true}});
  CHECK(answers.batches_done == 4);
}

TEST_CASE_FIXTURE(outcome_writer_fixture,
                  "a row that ends while it waits is not written, and holds up nobody") {
  give({1, 2, 3});
  caf::anon_send(host, drop_row{2}); // It has gathered,
  caf::anon_send(host, drop_row{1}); // and this one is under way.
  run();
  answer_once();
  answer_once();
  CHECK(store.batches == batches{{1}, {3}});
  CHECK(answers.kept == kept_rows{{3, true}});
}

TEST_CASE_FIXTURE(outcome_writer_fixture, "a store that is not there fails at once") {
  writer.clear();
  give({1, 2});
  CHECK(answers.failed == std::vector<message_id>{1, 2});
  CHECK(answers.batches_failed == 2);
}

TEST_CASE_FIXTURE(outcome_writer_fixture,
                  "an owner that ends with a batch under way leaves nothing behind") {
  give({1, 2, 3});
  caf::anon_send_exit(host, caf::exit_reason::kill);
  run();
  answer_once();
  CHECK(store.batches == batches{{1}});
  CHECK(answers.kept.empty());
}

namespace {

struct delivery_of_many : delivery_fixture {
  /// A provider that has this many messages, and answers none yet.
  auto& hang_with(int messages) {
    auto wide = default_admission();
    wide.max_in_flight = 8;
    auto& one = add_provider("one", wide);
    one.hang();
    start_supervisor();
    for (int i = 0; i < messages; ++i)
      REQUIRE(submit("+861380013800" + std::to_string(i)));
    return one;
  }
};

} // namespace

TEST_CASE_FIXTURE(delivery_of_many,
                  "one row that cannot be written keeps no other from its end") {
  auto& one = hang_with(4);
  store.poisoned = {3};
  one.release(outcome_class::delivered);
  one.always(outcome_class::delivered);
  run();
  CHECK(store.batches == std::vector<std::vector<message_id>>{{1}, {2, 3, 4}});
  advance(5s);
  for (const message_id row : {1, 2, 4})
    CHECK(state(row) == storage::message_state::delivered);
  CHECK(state(3) == storage::message_state::leased);
  REQUIRE(submit("+8613800138009"));
  CHECK(state(5) == storage::message_state::delivered);
  store.poisoned.clear();
  advance(20s);
  CHECK(state(3) == storage::message_state::delivered);
  CHECK(one.calls.size() == 5);
}

TEST_CASE_FIXTURE(delivery_of_many,
                  "a supervisor that restarts with outcomes under way ends them all") {
  auto& one = hang_with(3);
  store.holds_outcomes = true;
  one.release(outcome_class::delivered);
  one.always(outcome_class::delivered);
  run();
  kill_supervisor();
  store.release(); // One was under way, and two had gathered.
  start_supervisor();
  advance(1s);
  for (const message_id row : {1, 2, 3})
    CHECK(state(row) == storage::message_state::delivered);
  CHECK(one.calls.size() == 5);
  CHECK(one.calls[1].message.client_ref == one.calls[3].message.client_ref);
}

} // namespace tinybook::test
