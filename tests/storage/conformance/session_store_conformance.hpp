#pragma once

#include "storage/session_store.hpp"
#include "storage/user_store.hpp"
#include "tests/storage/conformance/fixture.hpp"
#include "tests/storage/conformance/test_sql.hpp"

#include <regex>
#include <string>
#include <vector>

namespace tinybook::test {

inline void session_store_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  constexpr auto grace = seconds{10};
  constexpr auto lifetime = seconds{1000};
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto owner = new_user(*db, "a@example.org");

  const auto start = [&](const std::string& id, user_id user) {
    must(*db, create_family{{.id = id,
                             .user = user,
                             .generation = 1,
                             .rotated_at = some_day,
                             .expires_at = some_day + lifetime,
                             .proved_at = some_day}});
  };
  const auto show = [&](const std::string& id, std::int64_t generation, wall_time at) {
    return must(*db, rotate_family{id, generation, at, grace, lifetime});
  };
  const auto revoked_since = [&](wall_time since) {
    return must(*fixture->reader(), revoked_families{since}).families;
  };

  SUBCASE("the current token rotates and the family shows it") {
    start("f", owner);
    CHECK(must(*fixture->reader(), find_family{"f"}).generation == 1);
    CHECK(error_of(*fixture->reader(), find_family{"g"}) == errc::token_revoked);
    const auto out = show("f", 1, some_day + seconds{60});
    CHECK(out.what == rotation::rotated);
    CHECK(out.family.id == "f");
    CHECK(out.family.user == owner);
    CHECK(out.family.generation == 2);
    CHECK(out.family.rotated_at == some_day + seconds{60});
    CHECK(out.family.expires_at == some_day + seconds{60} + lifetime);
    CHECK(show("f", 2, some_day + seconds{70}).family.generation == 3);
  }
  const auto shown = [&](const std::string& id, std::int64_t generation, wall_time at) {
    must(*db, note_family_shown{id, generation, at});
  };
  SUBCASE("until the successor was shown, the predecessor yields it again at any time") {
    start("f", owner);
    show("f", 1, some_day);
    for (const auto after : {grace, 2 * grace, lifetime}) {
      const auto again = show("f", 1, some_day + after);
      CHECK(again.what == rotation::repeated);
      CHECK(again.family.generation == 2);
      CHECK(again.family.rotated_at == some_day);
    }
  }
  SUBCASE("once its access token was shown, the predecessor is good for the grace") {
    start("f", owner);
    show("f", 1, some_day);
    const auto first = some_day + seconds{500};
    shown("f", 2, first);
    shown("f", 2, first + grace); // Only the first time counts.
    CHECK(show("f", 1, first + grace).what == rotation::repeated);
    const auto late = first + grace + std::chrono::milliseconds{1};
    CHECK(show("f", 1, late).what == rotation::reused);
    CHECK(show("f", 2, late).what == rotation::revoked);
    REQUIRE(revoked_since(late).size() == 1);
    CHECK(revoked_since(late).front().revoked_at == late);
  }
  SUBCASE("a token of another generation, or of no family, shows nothing") {
    start("f", owner);
    show("f", 1, some_day);
    shown("f", 1, some_day);
    shown("f", 3, some_day);
    shown("g", 2, some_day);
    CHECK(show("f", 1, some_day + lifetime).what == rotation::repeated);
  }
  SUBCASE("after a rotation the next token counts as not shown yet") {
    start("f", owner);
    show("f", 1, some_day);
    shown("f", 2, some_day);
    CHECK(show("f", 2, some_day + seconds{1}).what == rotation::rotated);
    CHECK(show("f", 2, some_day + lifetime).what == rotation::repeated);
  }
  SUBCASE("once the successor was rotated, the predecessor is good for the grace") {
    start("f", owner);
    show("f", 1, some_day);
    show("f", 2, some_day);
    const auto again = show("f", 1, some_day + grace);
    CHECK(again.what == rotation::repeated);
    CHECK(again.family.generation == 3);
    show("f", 1, some_day + grace + std::chrono::milliseconds{1});
    CHECK(show("f", 3, some_day + grace).what == rotation::revoked);
  }
  SUBCASE("a token three generations old revokes the family at once") {
    start("f", owner);
    for (const int generation : {1, 2, 3})
      show("f", generation, some_day);
    CHECK(show("f", 1, some_day).what == rotation::reused);
  }
  SUBCASE("a family that never existed counts as revoked") {
    CHECK(show("nobody", 1, some_day).what == rotation::revoked);
  }
  SUBCASE("revoking twice is no error and the first time stays") {
    start("f", owner);
    must(*db, revoke_family{"f", some_day + seconds{1}});
    must(*db, revoke_family{"f", some_day + seconds{2}});
    must(*db, revoke_family{"nobody", some_day});
    REQUIRE(revoked_since(some_day).size() == 1);
    CHECK(revoked_since(some_day).front().revoked_at == some_day + seconds{1});
    CHECK(show("f", 1, some_day).what == rotation::revoked);
  }
  SUBCASE("the revoked ones are listed from the asked moment on") {
    start("f", owner);
    start("g", owner);
    must(*db, revoke_family{"f", some_day});
    must(*db, revoke_family{"g", some_day + seconds{5}});
    CHECK(revoked_since(some_day).size() == 2);
    CHECK(revoked_since(some_day + seconds{5}).size() == 1);
    CHECK(revoked_since(some_day + seconds{6}).empty());
  }
  SUBCASE("revoking a user's families returns those that this call revoked") {
    const auto other = new_user(*db, "b@example.org");
    start("f", owner);
    start("g", owner);
    start("h", other);
    must(*db, revoke_family{"f", some_day});
    const auto revoked = must(*db, set_password{owner, "hash", {}, some_day}).families;
    REQUIRE(revoked.size() == 1);
    CHECK(revoked.front().id == "g");
    CHECK(revoked.front().revoked_at == some_day);
    CHECK(show("h", 1, some_day).what == rotation::rotated);
    CHECK(must(*db, set_password{owner, "hash", {}, some_day}).families.empty());
  }
  SUBCASE("families are removed in batches once their token ran out") {
    for (const auto* id : {"f", "g", "h"})
      start(id, owner);
    const auto end = some_day + lifetime;
    CHECK(must(*db, remove_expired_families{end, 10}).rows == 0);
    const auto later = end + std::chrono::milliseconds{1};
    CHECK(must(*db, remove_expired_families{later, 2}).rows == 2);
    CHECK(must(*db, remove_expired_families{later, 2}).rows == 1);
    CHECK(show("f", 1, some_day).what == rotation::revoked);
  }
  SUBCASE("a family keeps what its owner is shown, and ends however often it rotates") {
    must(*db, create_family{{.id = "f",
                             .user = owner,
                             .generation = 1,
                             .rotated_at = some_day,
                             .expires_at = some_day + lifetime,
                             .created_at = some_day,
                             .device = "Firefox, Windows",
                             .network = "198.51.100.0/24"}});
    const auto rotate_at = [&](wall_time at, const std::string& network) {
      const auto generation = must(*fixture->reader(), find_family{"f"}).generation;
      return must(*db, rotate_family{"f", generation, at, grace, lifetime,
                                     lifetime + seconds{50}, network})
          .family;
    };
    const auto moved = rotate_at(some_day + seconds{10}, "2001:db8:1::/48");
    CHECK(moved.device == "Firefox, Windows");
    CHECK(moved.network == "2001:db8:1::/48");
    CHECK(moved.created_at == some_day);
    CHECK(moved.expires_at == some_day + seconds{10} + lifetime);
    const auto late = rotate_at(some_day + seconds{60}, "");
    CHECK(late.network == "2001:db8:1::/48");
    CHECK(late.expires_at == some_day + lifetime + seconds{50});
    const auto listed = must(*fixture->reader(), list_user_families{owner, some_day});
    REQUIRE(listed.families.size() == 1);
    CHECK(listed.families[0].network == "2001:db8:1::/48");
    CHECK(listed.families[0].created_at == some_day);
  }
  SUBCASE("one that began before that was kept ends after its next rotation") {
    start("f", owner);
    const auto at = some_day + seconds{10};
    const auto kept =
        must(*db, rotate_family{"f", 1, at, grace, lifetime, seconds{100}}).family;
    CHECK(kept.created_at == at);
    CHECK(kept.expires_at == at + seconds{100});
    // A bound that was lowered since ends it at once.
    CHECK(must(*db, rotate_family{"f", 2, at + seconds{20}, grace, lifetime, seconds{20}})
              .what
          == rotation::revoked);
  }
  SUBCASE("a person's sessions are listed, and ended by the person alone") {
    const auto other = new_user(*db, "b@example.org");
    for (const auto* id : {"f", "g", "h"})
      start(id, owner);
    start("o", other);
    show("g", 1, some_day + seconds{5});
    must(*db, revoke_family{"h", some_day});
    const auto ids = [&](wall_time at) {
      std::string out;
      for (const auto& f :
           must(*fixture->reader(), list_user_families{owner, at}).families)
        out += f.id;
      return out;
    };
    CHECK(ids(some_day) == "gf");
    CHECK(ids(some_day + lifetime + seconds{2}) == "g");
    const auto now = some_day + seconds{6};
    const auto ending = [&](const char* id, const char* family, wall_time since) {
      return revoke_own_family{owner, id, {family, since}, now};
    };
    for (const auto* id : {"o", "nobody"})
      CHECK(error_of(*db, ending(id, "g", some_day)) == errc::session_not_found);
    must(*db, ending("h", "g", some_day)); // Their own, and ended.
    CHECK(error_of(*db, ending("f", "g", now)) == errc::step_up_required);
    CHECK(error_of(*db, ending("f", "h", some_day)) == errc::token_revoked);
    for (int i = 0; i < 2; ++i)
      must(*db, ending("f", "g", some_day));
    CHECK(must(*db,
               list_audit{.user = owner, .kind = audit_kind::session_ended, .limit = 5})
              .events.size()
          == 1);
    CHECK(ids(some_day) == "g");
    must(*db, ending("g", "g", now));
    CHECK(ids(some_day).empty());
  }
  SUBCASE("a phone is in use where its account has a session that can be used") {
    const auto owner_of_phone =
        must(*db, claim_phone_account{"+8613800138000", some_day});
    const auto other = new_user(*db, "b@example.org");
    const std::string here = "192.0.2.0/24";
    const auto start_here = [&](const char* id, user_id user) {
      must(*db, create_family{{.id = id,
                               .user = user,
                               .generation = 1,
                               .rotated_at = some_day,
                               .expires_at = some_day + lifetime,
                               .network = here}});
    };
    const auto in_use = [&](const std::string& network, wall_time at = some_day,
                            const std::string& phone = "+8613800138000") {
      return must(*fixture->reader(), find_phone_use{phone, network, at}).in_network;
    };
    start_here("o", other);
    CHECK_FALSE(in_use(here));
    start_here("f", owner_of_phone.id);
    CHECK(in_use(here));
    CHECK_FALSE(in_use("192.0.3.0/24"));
    CHECK_FALSE(in_use(here, some_day, "+8613800138001"));
    CHECK_FALSE(in_use(here, some_day, ""));
    CHECK_FALSE(in_use(here, some_day + lifetime));
    must(*db, revoke_family{"f", some_day});
    CHECK_FALSE(in_use(here));
    start("g", owner_of_phone.id); // From before networks were kept.
    CHECK_FALSE(in_use(""));
  }
  SUBCASE("beyond the bound the families that were used longest ago end") {
    const auto open = [&](const std::string& id, wall_time at) {
      std::string ended;
      for (const auto& f : must(*db, create_family{{.id = id,
                                     .user = owner,
                                     .generation = 1,
                                     .rotated_at = at,
                                     .expires_at = at + lifetime},
                                                   {},
                                                   3})
                               .ended)
        ended += f.id;
      return ended;
    };
    CHECK(open("a", some_day).empty());
    CHECK(open("b", some_day + seconds{1}).empty());
    CHECK(open("c", some_day + seconds{2}).empty());
    show("a", 1, some_day + seconds{3});
    CHECK(open("d", some_day + seconds{4}) == "b");
    // Of one moment the new one stays.
    CHECK(open("Z", some_day + seconds{4}) == "c");
    CHECK(must(*fixture->reader(), list_user_families{owner, some_day}).families.size()
          == 3);
  }
  SUBCASE("what asks for living sessions does not walk over those that have ended") {
    const auto whose = '\'' + std::to_string(owner) + '\'';
    const auto ended =
        "INSERT INTO session_families (id, user_id, generation, rotated_at, expires_at,"
        " revoked_at) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1"
        " FROM numbers WHERE n < 5000) SELECT 'e' || n, "
        + std::to_string(owner) + ", 1, n, 4000000000000, n FROM numbers";
    must(*db, test_sql{ended.c_str()});
    start("f", owner);
    // In operation nobody asks SQLite for statistics.
    must(*db, test_sql{"/* sqlite: SELECT 1 */ "
                       "/* not sqlite */ ANALYZE session_families /* end */"});
    for (const auto* sql : statements_of_living_sessions()) {
      const auto plan =
          must(*db, plan_of{std::regex_replace(sql, std::regex{R"(\$\d+)"}, whose)});
      CAPTURE(plan);
      CHECK(plan.find("session_families_living") != std::string::npos);
      CHECK(plan.find("session_families_by_user") == std::string::npos);
    }
  }
  SUBCASE("device cookies end with the password") {
    const auto before = must(*fixture->reader(), find_user{owner}).device_epoch;
    must(*db, set_password{owner, "hash", {}, some_day});
    CHECK(must(*fixture->reader(), find_user{owner}).device_epoch == before + 1);
    CHECK(must(*db, create_family{{.id = "f", .user = owner}}).epoch.number
          == before + 1);
    CHECK(must(*fixture->reader(), find_family{"f"}).epoch.number == before + 1);
  }
  SUBCASE("an id belongs to one family, and a family to an account") {
    start("f", owner);
    CHECK(error_of(*db, create_family{{.id = "f", .user = owner}}) == errc::wrong_state);
    CHECK(error_of(*db, create_family{{.id = "g", .user = owner + 1}})
          == errc::user_not_found);
  }
}

} // namespace tinybook::test
