#pragma once

#include "storage/code_store.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tinybook::test {

inline storage::keyed_code_state sample_state(const std::string& phone, wall_time now) {
  const auto code = [&](std::int64_t id) {
    return live_code{.code_id = id,
                     .hash = std::string("\0,\n\xff", 4) + std::to_string(id),
                     .key_id = "k,1",
                     .expires_at = now + std::chrono::minutes{10},
                     .asker = id % 2 == 0 ? "" : "asker-1",
                     .tries_left = 3,
                     .others_left = 2};
  };
  return {.key = {.phone = phone, .purpose = "login"},
          .state = {.codes = {code(1), code(2), code(3)},
                    .others_used = 4,
                    .others_since = now,
                    .last_sent = now + std::chrono::seconds{1}},
          .matters_until = now + std::chrono::hours{24}};
}

inline void code_store_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto now = some_day;

  const auto load = [&](wall_time at) {
    auto states = must(*fixture->reader(), load_code_states{at}).states;
    std::sort(states.begin(), states.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
    return states;
  };
  SUBCASE("a state is loaded as it was saved, bytes and all") {
    const auto state = sample_state("+1", now);
    must(*db, save_code_state{state});
    REQUIRE(load(now).size() == 1);
    CHECK(fields_of(load(now)[0]) == fields_of(state));
  }
  SUBCASE("a state without codes is stored, too") {
    keyed_code_state state{{"+1", "bind"}, {}, now + seconds{1}};
    must(*db, save_code_state{state});
    CHECK(fields_of(load(now).at(0)) == fields_of(state));
  }
  SUBCASE("saving again replaces the state of that phone and purpose only") {
    auto state = sample_state("+1", now);
    auto other = state;
    other.key.purpose = "reset";
    must(*db, save_code_state{state});
    must(*db, save_code_state{other});
    state.state.codes.pop_back();
    state.state.others_used = 9;
    must(*db, save_code_state{state});
    REQUIRE(load(now).size() == 2);
    CHECK(fields_of(load(now)[0]) == fields_of(state));
    CHECK(fields_of(load(now)[1]) == fields_of(other));
  }
  SUBCASE("a state is stored with the message that carries its code, or not at all") {
    const auto state = sample_state("+1", now);
    must(*db, submit_message{sample_message("+1", now), state});
    CHECK(fields_of(load(now).at(0)) == fields_of(state));
    auto refused = state;
    refused.state.codes.clear();
    CHECK(error_of(*db, submit_message{sample_message("+1", now), refused})
          == errc::sms_pending);
    CHECK(fields_of(load(now).at(0)) == fields_of(state));
  }
  SUBCASE("one state is found by its phone and purpose") {
    const auto state = sample_state("+1", now);
    must(*db, save_code_state{state});
    must(*db, save_code_state{sample_state("+2", now)});
    const auto found = must(*fixture->reader(), load_code_states{now, state.key}).states;
    REQUIRE(found.size() == 1);
    CHECK(fields_of(found[0]) == fields_of(state));
    CHECK(must(*fixture->reader(), load_code_states{now, code_key{"+1", "bind"}})
              .states.empty());
  }
  SUBCASE("a claim tells the states of its messages' codes, where it is asked to") {
    const auto lease = seconds{15};
    const auto first = sample_state("+1", now);
    must(*db, submit_message{sample_message("+1", now), first});
    const auto claimed = must(*db, claim_messages{now, lease, 9, true});
    REQUIRE(claimed.messages.size() == 1);
    REQUIRE(claimed.codes.size() == 1);
    CHECK(fields_of(claimed.codes[0]) == fields_of(first));
    // Only those of the rows that it leases itself, and of none without a state.
    must(*db, submit_message{sample_message("+2", now), sample_state("+2", now)});
    must(*db, submit_message{sample_message("+3", now), std::nullopt});
    must(*db, save_code_state{sample_state("+4", now)});
    const auto second = must(*db, claim_messages{now + seconds{1}, lease, 9, true});
    CHECK(second.messages.size() == 2);
    REQUIRE(second.codes.size() == 1);
    CHECK(second.codes[0].key.phone == "+2");
    must(*db, submit_message{sample_message("+5", now), sample_state("+5", now)});
    CHECK(must(*db, claim_messages{now + seconds{2}, lease, 9}).codes.empty());
  }
  SUBCASE("states that no longer matter are not loaded, and removed in batches") {
    for (const auto* phone : {"+1", "+2", "+3"})
      must(*db, save_code_state{sample_state(phone, now)});
    const auto end = sample_state("+1", now).matters_until;
    CHECK(load(end - seconds{1}).size() == 3);
    CHECK(load(end).empty());
    CHECK(must(*db, remove_code_states{end - seconds{1}, 9}).rows == 0);
    CHECK(must(*db, remove_code_states{end, 2}).rows == 2);
    CHECK(must(*db, remove_code_states{end, 2}).rows == 1);
    CHECK(load(now).empty());
  }
}

} // namespace tinybook::test
