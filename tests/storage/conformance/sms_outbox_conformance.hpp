#pragma once

#include "tests/storage/conformance/outbox_samples.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// Submitting, claiming and the fences of leases.
inline void sms_outbox_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  constexpr auto lease = seconds{15};
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto now = some_day;

  const auto submit = [&](const sms_message& m) {
    return must(*db, submit_message{m, std::nullopt}).id;
  };
  const auto claim = [&](wall_time at, std::int64_t limit = 20) {
    return must(*db, claim_messages{at, lease, limit}).messages;
  };
  const auto row = [&](message_id id) {
    return must(*db, find_message{id}).message;
  };

  SUBCASE("a submitted row is ready and found with all its fields") {
    auto m = sample_message("+8613800138000", now);
    m.idempotency_key = "once";
    m.parent = 3;
    m.id = submit(m);
    CHECK(m.id > 0);
    const auto reader = fixture->reader();
    const auto found = must(*reader, find_message{m.id});
    CHECK(fields_of(found.message) == fields_of(m));
    CHECK(found.attempts.empty());
  }
  SUBCASE("an unknown message is not found") {
    CHECK(error_of(*db, find_message{1}) == errc::message_not_found);
  }
  SUBCASE("a second pending row of the phone and purpose is refused") {
    const auto first = submit(sample_message("+1", now));
    CHECK(error_of(*db, submit_message{sample_message("+1", now), std::nullopt})
          == errc::sms_pending);
    auto other_purpose = sample_message("+1", now);
    other_purpose.purpose = "bind";
    submit(other_purpose);
    claim(now);
    CHECK(error_of(*db, submit_message{sample_message("+1", now), std::nullopt})
          == errc::sms_pending);
    must(*db, ending(first, 0, message_state::delivered, now));
    CHECK(submit(sample_message("+1", now)) != first);
  }
  SUBCASE("a ready row that ran out unnoticed gives way and ends as expired") {
    const auto first = submit(sample_message("+1", now));
    const auto later = row(first).expires_at;
    CHECK(error_of(*db,
                   submit_message{sample_message("+1", later - seconds{1}), std::nullopt})
          == errc::sms_pending);
    submit(sample_message("+1", later));
    CHECK(row(first).state == message_state::expired);
    CHECK(row(first).finalized_at == later);
    CHECK(row(first).sealed_parameters.empty());
  }
  SUBCASE("a leased row is in the way even when it ran out") {
    const auto first = submit(sample_message("+1", now));
    claim(now);
    const auto later = row(first).expires_at;
    CHECK(error_of(*db, submit_message{sample_message("+1", later), std::nullopt})
          == errc::sms_pending);
  }
  SUBCASE("the same idempotency key is the same message, also after its end") {
    auto m = sample_message("+1", now);
    m.idempotency_key = "once";
    const auto first = submit(m);
    CHECK(submit(m) == first);
    must(*db, ending(first, 0, message_state::delivered, now));
    CHECK(submit(m) == first);
    CHECK(row(first).state == message_state::delivered);
    m.phone = "+2";
    CHECK(error_of(*db, submit_message{m, std::nullopt}) == errc::wrong_state);
  }
  SUBCASE("claims come by priority, then run_at, then id, and only what is due") {
    const auto add = [&](const std::string& phone, std::int32_t priority, seconds wait) {
      auto m = sample_message(phone, now);
      m.priority = priority;
      m.run_at = now + wait;
      return submit(m);
    };
    const auto last = add("+1", 2, seconds{0});
    const auto third = add("+2", 1, seconds{5});
    const auto first = add("+3", 1, seconds{0});
    const auto second = add("+4", 1, seconds{0});
    add("+5", -1, seconds{99});
    std::vector<message_id> got;
    for (const auto& m : claim(now + seconds{5}))
      got.push_back(m.id);
    CHECK(got == std::vector{first, second, third, last});
    CHECK(claim(now + seconds{5}).empty());
  }
  SUBCASE("a claim takes no more than its limit, and each row once") {
    for (int i = 0; i < 5; ++i)
      submit(sample_message('+' + std::to_string(i), now));
    CHECK(claim(now, 0).empty());
    CHECK(claim(now, 3).size() == 3);
    CHECK(claim(now, 3).size() == 2);
    CHECK(claim(now, 3).empty());
  }
  SUBCASE("a claimed row shows its lease, and its token grows with each claim") {
    const auto id = submit(sample_message("+1", now));
    const auto first = claim(now);
    REQUIRE(first.size() == 1);
    CHECK(first[0].state == message_state::leased);
    CHECK(first[0].lease_until == now + lease);
    CHECK(fields_of(first[0]) == fields_of(row(id)));
    must(*db, reclaim_leases{now, true});
    CHECK(claim(now)[0].lease_token > first[0].lease_token);
  }
  SUBCASE("a heartbeat keeps the lease, an old token does not") {
    const auto id = submit(sample_message("+1", now));
    const auto token = claim(now)[0].lease_token;
    const auto until = now + seconds{60};
    CHECK(must(*db, extend_lease{id, token, now, seconds{60}}).kept);
    CHECK(row(id).lease_until == until);
    CHECK_FALSE(must(*db, extend_lease{id, token - 1, now, seconds{1}}).kept);
    CHECK_FALSE(must(*db, extend_lease{id + 1, token, now, seconds{1}}).kept);
    CHECK(row(id).lease_until == until);
    must(*db, reclaim_leases{until, false});
    CHECK_FALSE(must(*db, extend_lease{id, token, now, seconds{60}}).kept);
  }
  SUBCASE("leases that ran out become ready again, all of them only when asked") {
    const auto a = submit(sample_message("+1", now));
    claim(now);
    const auto b = submit(sample_message("+2", now));
    claim(now + seconds{1});
    CHECK(must(*db, reclaim_leases{now + lease - seconds{1}, false}).rows == 0);
    CHECK(must(*db, reclaim_leases{now + lease, false}).rows == 1);
    CHECK(row(a).state == message_state::ready);
    CHECK(row(a).lease_until == wall_time{});
    CHECK(row(b).state == message_state::leased);
    CHECK(must(*db, reclaim_leases{now, true}).rows == 1);
    CHECK(row(b).state == message_state::ready);
  }
  SUBCASE("a row given back waits for its run_at and keeps its notes") {
    const auto id = submit(sample_message("+1", now));
    const auto token = claim(now)[0].lease_token;
    const auto attempt = sample_attempt("provider_down", now);
    const reschedule_message back{id,      token, now + seconds{3}, 1, "round 1",
                                  attempt, now};
    CHECK_FALSE(
        must(*db, reschedule_message{id, token + 1, {}, 9, "", attempt, now}).kept);
    CHECK(must(*db, back).kept);
    CHECK_FALSE(must(*db, back).kept);
    const auto found = must(*db, find_message{id});
    CHECK(found.message.state == message_state::ready);
    CHECK(found.message.run_at == now + seconds{3});
    CHECK(found.message.attempt == 1);
    CHECK(found.message.progress == "round 1");
    CHECK(found.attempts.size() == 1);
    CHECK(claim(now + seconds{2}).empty());
    CHECK(claim(now + seconds{3}).size() == 1);
  }
  SUBCASE("a noted try leaves the row leased, and tries are listed in order") {
    const auto id = submit(sample_message("+1", now));
    const auto token = claim(now)[0].lease_token;
    auto first = sample_attempt("throttled", now);
    auto second = sample_attempt("ambiguous", now + seconds{1});
    CHECK(must(*db, record_attempt{id, token, 1, "a", first}).kept);
    CHECK(must(*db, record_attempt{id, token, 2, "b", second}).kept);
    CHECK_FALSE(must(*db, record_attempt{id, token - 1, 3, "c", second}).kept);
    const auto found = must(*db, find_message{id});
    CHECK(found.message.state == message_state::leased);
    CHECK(found.message.attempt == 2);
    CHECK(found.message.progress == "b");
    first.message = second.message = id;
    REQUIRE(found.attempts.size() == 2);
    CHECK(fields_of(found.attempts[0]) == fields_of(first));
    CHECK(fields_of(found.attempts[1]) == fields_of(second));
  }
}

} // namespace tinybook::test
