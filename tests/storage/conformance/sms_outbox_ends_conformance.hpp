#pragma once

#include "tests/storage/conformance/outbox_samples.hpp"

#include <string>

namespace tinybook::test {

/// How rows end and what is left of them.
inline void sms_outbox_ends_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto now = some_day;

  const auto submit = [&](const std::string& phone) {
    return must(*db, submit_message{sample_message(phone, now), std::nullopt}).id;
  };
  const auto claim = [&] {
    return must(*db, claim_messages{now, seconds{15}, 20}).messages.at(0).lease_token;
  };
  const auto row = [&](message_id id) {
    return must(*db, find_message{id}).message;
  };
  const auto finish = [&](message_id id, std::int64_t token, message_state state,
                          wall_time at) {
    return must(*db, finish_message{.id = id,
                                    .token = token,
                                    .state = state,
                                    .tries = 2,
                                    .progress = "end",
                                    .provider = "console",
                                    .provider_message_id = "p-1",
                                    .attempt = sample_attempt("delivered", at),
                                    .now = at})
        .kept;
  };

  const auto end_new = [&](const std::string& phone, message_state state, wall_time at) {
    const auto id = submit(phone);
    REQUIRE(finish(id, claim(), state, at));
    return id;
  };

  SUBCASE("a delivered row shows who took it and has no parameters any more") {
    const auto id = submit("+1");
    CHECK(finish(id, claim(), message_state::delivered, now + seconds{1}));
    const auto found = must(*db, find_message{id});
    const auto& m = found.message;
    CHECK(m.state == message_state::delivered);
    CHECK(m.attempt == 2);
    CHECK(m.progress == "end");
    CHECK(m.provider == "console");
    CHECK(m.provider_message_id == "p-1");
    CHECK(m.finalized_at == now + seconds{1});
    CHECK(m.lease_until == wall_time{});
    CHECK(m.sealed_parameters.empty());
    CHECK(found.attempts.size() == 1);
  }
  SUBCASE("success needs no token: what a provider accepted is never lost") {
    const auto leased = submit("+1");
    const auto token = claim();
    CHECK(finish(leased, token - 1, message_state::delivered, now));
    const auto ready = submit("+2");
    CHECK(finish(ready, 99, message_state::delivered, now));
    CHECK_FALSE(finish(ready + 1, 0, message_state::delivered, now));
  }
  SUBCASE("every other end is fenced by the token and by the lease") {
    const auto id = submit("+1");
    for (auto end : {message_state::expired, message_state::dead})
      CHECK_FALSE(finish(id, 0, end, now));
    const auto token = claim();
    for (auto end : {message_state::expired, message_state::dead})
      CHECK_FALSE(finish(id, token + 1, end, now));
    CHECK(row(id).state == message_state::leased);
    CHECK(must(*db, find_message{id}).attempts.empty());
    CHECK(finish(id, token, message_state::expired, now));
    CHECK(row(id).sealed_parameters.empty());
  }
  SUBCASE("a terminal row never changes") {
    for (auto end :
         {message_state::delivered, message_state::expired, message_state::dead}) {
      const auto id = submit("+1");
      const auto token = claim();
      REQUIRE(finish(id, token, end, now));
      const auto before = row(id);
      for (auto next :
           {message_state::delivered, message_state::expired, message_state::dead})
        CHECK_FALSE(finish(id, token, next, now + seconds{9}));
      CHECK_FALSE(must(*db, extend_leases{{{id, token}}, now, seconds{99}}).at(0).kept);
      CHECK_FALSE(
          must(*db, reschedule_message{id, token, now, 3, "", std::nullopt, now}).kept);
      must(*db, reclaim_leases{now + seconds{99}, true});
      must(*db, expire_messages{now + seconds{99}});
      CHECK(fields_of(row(id)) == fields_of(before));
    }
  }
  SUBCASE("ready and leased are not terminal") {
    const auto id = submit("+1");
    const auto token = claim();
    for (auto state : {message_state::ready, message_state::leased})
      CHECK(error_of(*db, ending(id, token, state, now)) == errc::wrong_state);
  }
  SUBCASE("a dead row keeps its parameters until its code has expired") {
    const auto id = submit("+1");
    const auto expiry = row(id).expires_at;
    REQUIRE(finish(id, claim(), message_state::dead, now));
    CHECK_FALSE(row(id).sealed_parameters.empty());
    must(*db, expire_messages{expiry - seconds{1}});
    CHECK_FALSE(row(id).sealed_parameters.empty());
    CHECK(must(*db, expire_messages{expiry}).rows == 0);
    CHECK(row(id).sealed_parameters.empty());
    CHECK(row(id).state == message_state::dead);
    const auto late = end_new("+2", message_state::dead, expiry);
    CHECK(row(late).sealed_parameters.empty());
  }
  SUBCASE("ready rows expire at their expiry, in batches, leased ones do not") {
    const auto leased = submit("+0");
    claim();
    for (const auto* phone : {"+1", "+2", "+3"})
      submit(phone);
    const auto expiry = row(leased).expires_at;
    CHECK(must(*db, expire_messages{expiry - std::chrono::milliseconds{1}}).rows == 0);
    CHECK(must(*db, expire_messages{expiry, 2}).rows == 2);
    CHECK(must(*db, expire_messages{expiry, 2}).rows == 1);
    CHECK(must(*db, expire_messages{expiry, 2}).rows == 0);
    CHECK(row(leased).state == message_state::leased);
    CHECK(row(leased + 1).state == message_state::expired);
    CHECK(row(leased + 1).finalized_at == expiry);
    CHECK(row(leased + 1).sealed_parameters.empty());
  }
  SUBCASE("the depth counts each state and names the oldest and the next") {
    CHECK(fields_of(must(*db, count_messages{})) == fields_of(outbox_depth{}));
    end_new("+1", message_state::delivered, now);
    end_new("+2", message_state::expired, now);
    end_new("+3", message_state::dead, now);
    submit("+4");
    claim();
    for (int i = 5; i < 8; ++i) {
      auto m = sample_message('+' + std::to_string(i), now + seconds{i});
      m.run_at = now + seconds{100 - i};
      m.priority = i;
      must(*db, submit_message{m, std::nullopt});
    }
    const outbox_depth expected{3, 1, 1, 1, 1, now + seconds{5}, now + seconds{93}};
    CHECK(fields_of(must(*fixture->reader(), count_messages{})) == fields_of(expected));
  }
  SUBCASE("history is removed with its tries once it is old enough, in batches") {
    for (const auto* phone : {"+1", "+2", "+3"})
      end_new(phone, message_state::delivered, now);
    const auto pending = submit("+4");
    CHECK(must(*db, remove_history{now, 10}).rows == 0);
    const auto later = now + seconds{1};
    CHECK(must(*db, remove_history{later, 2}).rows == 2);
    CHECK(must(*db, remove_history{later, 2}).rows == 1);
    CHECK(must(*db, remove_history{later, 2}).rows == 0);
    CHECK(must(*db, count_messages{}).ready == 1);
    CHECK(error_of(*db, find_message{pending - 1}) == errc::message_not_found);
  }
  SUBCASE("an id is never reused after its row is deleted") {
    const auto id = end_new("+1", message_state::delivered, now);
    must(*db, remove_history{now + seconds{1}, 10});
    CHECK(submit("+1") > id);
  }
}

} // namespace tinybook::test
