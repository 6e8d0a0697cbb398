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
  /// Leased, in the order of their ids.
  const auto claimed = [&](int count) {
    for (int i = 0; i < count; ++i)
      submit(sample_message("+86" + std::to_string(i), now));
    return claim(now);
  };
  const auto states_of = [&](const std::vector<sms_message>& rows) {
    std::vector<message_state> out;
    for (const auto& m : rows)
      out.push_back(row(m.id).state);
    return out;
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
  SUBCASE("a heartbeat keeps each lease, an old token does not") {
    const auto id = submit(sample_message("+1", now));
    const auto other = submit(sample_message("+2", now));
    const auto token = claim(now)[0].lease_token;
    const auto until = now + seconds{60};
    const auto extend = [&](std::vector<held_lease> leases, seconds by) {
      return kept_of(must(*db, extend_leases{std::move(leases), now, by}));
    };
    CHECK(extend({{other + 1, token}, {other, token}, {id, token}}, seconds{60})
          == std::vector{false, true, true});
    CHECK(row(id).lease_until == until);
    CHECK(row(other).lease_until == until);
    CHECK(extend({{id, token - 1}}, seconds{1}) == std::vector{false});
    CHECK(row(id).lease_until == until);
    must(*db, reclaim_leases{until, false});
    CHECK(extend({{id, token}}, seconds{60}) == std::vector{false});
    CHECK(extend({}, seconds{60}).empty());
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
  SUBCASE("outcomes of every kind are written together and answered as they stand") {
    const auto batch = claimed(5);
    const auto token = batch[0].lease_token;
    const auto noted = sample_attempt("throttled", now);
    auto end = ending(batch[4].id, token, message_state::delivered, now);
    end.attempt = sample_attempt("delivered", now);
    const write_outcomes together{
        {end, reschedule_message{batch[1].id, token, now, 1, "back", noted, now},
         reschedule_message{batch[3].id, token + 1, now, 2, "lost", noted, now},
         record_attempt{batch[0].id, token, 3, "noted", noted},
         ending(batch[2].id, token, message_state::dead, now),
         ending(batch[4].id + 1, token, message_state::dead, now)}};
    CHECK(kept_of(must(*db, together))
          == std::vector{true, true, false, true, true, false});
    using enum message_state;
    CHECK(states_of(batch) == std::vector{leased, ready, dead, leased, delivered});
    CHECK(row(batch[0].id).progress == "noted");
    CHECK(row(batch[1].id).progress == "back");
    for (const auto i : {0U, 1U, 4U})
      CHECK(must(*db, find_message{batch[i].id}).attempts.size() == 1);
    CHECK(must(*db, find_message{batch[3].id}).attempts.empty());
  }
  SUBCASE("outcomes of one row are written in the order in which they stand") {
    const auto batch = claimed(2);
    const auto token = batch[0].lease_token;
    const auto id = batch[1].id;
    const auto try_at = [&](seconds at) {
      return sample_attempt("throttled", now + at);
    };
    const write_outcomes together{
        {record_attempt{id, token, 1, "first", try_at(seconds{1})},
         record_attempt{batch[0].id, token, 1, "other", try_at(seconds{2})},
         reschedule_message{id, token, now, 2, "second", try_at(seconds{3}), now},
         record_attempt{id, token, 3, "too late", try_at(seconds{4})}}};
    CHECK(kept_of(must(*db, together)) == std::vector{true, true, true, false});
    const auto found = must(*db, find_message{id});
    CHECK(found.message.progress == "second");
    REQUIRE(found.attempts.size() == 2);
    CHECK(found.attempts[0].started_at == now + seconds{1});
    CHECK(found.attempts[1].started_at == now + seconds{3});
  }
  SUBCASE("one outcome that cannot be fails the whole batch, and nothing changes") {
    const auto batch = claimed(3);
    const auto token = batch[0].lease_token;
    write_outcomes together{
        {ending(batch[0].id, token, message_state::delivered, now),
         ending(batch[1].id, token, message_state::leased, now),
         record_attempt{batch[2].id, token, 1, "", sample_attempt("throttled", now)}}};
    CHECK(error_of(*db, together) == errc::wrong_state);
    for (const auto& m : batch) {
      CHECK(fields_of(row(m.id)) == fields_of(m));
      CHECK(must(*db, find_message{m.id}).attempts.empty());
    }
    together.outcomes.erase(together.outcomes.begin() + 1);
    CHECK(kept_of(must(*db, together)) == std::vector{true, true});
  }
  SUBCASE("a group of writes goes on without a batch of outcomes that fails") {
    const auto batch = claimed(2);
    const auto token = batch[0].lease_token;
    errc failed = errc::none;
    const std::vector<connection::write> writes{
        [&] {
          auto out = db->run(
              write_outcomes{{ending(batch[0].id, token, message_state::delivered, now),
                              ending(batch[1].id, token, message_state::ready, now)}});
          failed = out.ok() ? errc::none : out.error().code;
          return out.ok();
        },
        [&] {
          return db
              ->run(
                  write_outcomes{{ending(batch[1].id, token, message_state::dead, now)}})
              .ok();
        }};
    REQUIRE(db->write_batch(writes).ok());
    CHECK(failed == errc::wrong_state);
    CHECK(states_of(batch) == std::vector{message_state::leased, message_state::dead});
  }
  SUBCASE("no outcomes are no failure") {
    CHECK(must(*db, write_outcomes{}).empty());
  }
}

} // namespace tinybook::test
