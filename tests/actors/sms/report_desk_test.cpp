#include "actors/sms/report_desk.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

constexpr wall_time report_time{std::chrono::hours{12}};

storage::receipt report(bool delivered) {
  storage::receipt r;
  r.provider = "one";
  r.provider_message_id = "theirs-1";
  r.provider_code = "E1";
  r.delivered = delivered;
  return r;
}

storage::receipt_noted joined(storage::message_state state, code_id code = 77) {
  storage::sms_message row;
  row.id = 5;
  row.state = state;
  row.attempt = 2;
  row.progress = "as it was";
  row.code = code;
  row.expires_at = report_time + 10min;
  return {storage::receipt_fate::joined, std::move(row)};
}

} // namespace

TEST_CASE("a report of success ends a message whose outcome was not known, once") {
  report_desk desk;
  for (const auto state :
       {storage::message_state::ready, storage::message_state::leased}) {
    const auto todo = desk.judge(report(true), joined(state), report_time);
    REQUIRE(todo.end);
    CHECK(todo.end->id == 5);
    CHECK(todo.end->state == storage::message_state::delivered);
    CHECK(todo.end->tries == 2);
    CHECK(todo.end->progress == "as it was");
    CHECK(todo.end->provider_message_id == "theirs-1");
    REQUIRE(todo.end->attempt);
    CHECK(todo.end->attempt->message == 5);
    CHECK(todo.end->attempt->outcome == "delivered");
    CHECK_FALSE(todo.provider_failed);
    CHECK_FALSE(todo.resend);
  }
  for (const auto state : {storage::message_state::delivered,
                           storage::message_state::expired, storage::message_state::dead})
    CHECK_FALSE(desk.judge(report(true), joined(state), report_time).end);
  CHECK(desk.seen().good == 5);
}

TEST_CASE("a report of failure counts against the provider, and a new code goes out") {
  report_desk desk;
  const auto delivered = joined(storage::message_state::delivered);
  auto todo = desk.judge(report(false), delivered, report_time);
  CHECK(todo.provider_failed);
  CHECK(todo.resend);
  CHECK_FALSE(todo.end);
  CHECK_FALSE(desk.judge(report(false), delivered, report_time + 10min).resend);
  const auto without_code = joined(storage::message_state::delivered, 0);
  CHECK_FALSE(desk.judge(report(false), without_code, report_time).resend);
  todo = desk.judge(report(false), joined(storage::message_state::leased), report_time);
  CHECK(todo.provider_failed);
  CHECK_FALSE(todo.resend); // It is being sent already.
  CHECK(desk.seen().bad == 4);
}

TEST_CASE("duplicates and reports of unknown messages are counted, and nothing more") {
  report_desk desk;
  auto twice = joined(storage::message_state::leased);
  twice.fate = storage::receipt_fate::duplicate;
  auto unknown = storage::receipt_noted{storage::receipt_fate::unknown, {}};
  for (const auto& answer : {twice, unknown}) {
    const auto todo = desk.judge(report(false), answer, report_time);
    CHECK_FALSE(todo.end);
    CHECK_FALSE(todo.provider_failed);
    CHECK_FALSE(todo.resend);
  }
  CHECK(desk.seen().duplicate == 1);
  CHECK(desk.seen().unknown == 1);
}

TEST_CASE("a field that is not understood is worth a line once a provider") {
  report_desk desk;
  CHECK(desk.not_understood("one", "status"));
  CHECK_FALSE(desk.not_understood("one", "status"));
  CHECK(desk.not_understood("one", "phone"));
  CHECK(desk.not_understood("two", "status"));
  CHECK(desk.seen().not_understood == 4);
}

} // namespace tinybook
