#pragma once

#include "storage/restored_backup.hpp"
#include "tests/storage/conformance/code_use_conformance.hpp"

#include <string>

namespace tinybook::test {

inline void restored_backup_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::minutes;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto now = some_day;
  coded_messages m{*db};
  const auto state_of = [&](message_id id) {
    return must(*db, find_message{id}).message;
  };

  SUBCASE("what waited is ended, and no code that was sent before verifies") {
    const auto died =
        must(*db, submit_message{sample_message("+8613800138001", now), {}}).id;
    must(*db, claim_messages{.now = now, .lease = minutes{1}, .limit = 1});
    must(*db, ending(died, 1, message_state::dead, now));
    CHECK_FALSE(state_of(died).sealed_parameters.empty());
    const auto waiting = m.send(1, now, 0, "bind_phone");
    const auto delivered = m.deliver(2, now);
    must(*db, save_code_state{sample_state(m.phone, now)});
    const auto settled = must(*db, settle_backup{now + minutes{1}});
    CHECK(settled.messages == 1);
    CHECK(settled.codes == 2);
    const auto ended = state_of(waiting);
    CHECK(ended.state == message_state::expired);
    CHECK(ended.finalized_at == now + minutes{1});
    CHECK(ended.sealed_parameters.empty());
    CHECK(state_of(delivered).state == message_state::delivered);
    CHECK(state_of(died).sealed_parameters.empty());
    CHECK(m.live(now + minutes{1}).empty());
    CHECK(m.live(now + minutes{1}, "bind_phone").empty());
    for (const auto& s : must(*db, load_code_states{now}).states)
      CHECK(s.state.codes.empty());
    const auto again = must(*db, settle_backup{now + minutes{2}});
    CHECK(again.messages == 0);
    CHECK(again.codes == 0);
  }
  SUBCASE("a message that is under way is ended, too") {
    const auto leased = m.send(1, now);
    REQUIRE(must(*db, claim_messages{.now = now, .lease = minutes{1}, .limit = 1})
                .messages.size()
            == 1);
    CHECK(must(*db, settle_backup{now}).messages == 1);
    CHECK(state_of(leased).state == message_state::expired);
  }
  SUBCASE("no code verifies, though the clock here is ahead of the servers'") {
    m.deliver(1, now);
    CHECK(must(*db, settle_backup{now + std::chrono::hours{24}}).codes == 0);
    CHECK(m.live(now).empty());
  }
  SUBCASE("new ids leave out those that a later life may have given") {
    must(*db, settle_backup{now});
    CHECK(new_user(*db, "bob@example.org") > m.ann() + 1'000'000);
    CHECK(m.send(1, now) > 1'000'000);
  }
}

} // namespace tinybook::test
