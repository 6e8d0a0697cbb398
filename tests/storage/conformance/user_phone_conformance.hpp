#pragma once

#include "storage/phone_store.hpp"
#include "storage/session_store.hpp"
#include "tests/storage/conformance/fixture.hpp"

#include <string>

namespace tinybook::test {

inline void user_phone_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::hours;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto ann = new_user(*db, "ann@example.org");
  const std::string phone = "+8613800138000";

  const auto start_family = [&](const std::string& id, user_id user) {
    must(*db, create_family{{.id = id,
                             .user = user,
                             .generation = 1,
                             .rotated_at = some_day,
                             .expires_at = some_day + hours{1}}});
  };

  // By a session of its own that has just proved who asks.
  int bindings = 0;
  const auto binding = [&](user_id user, const std::string& to, wall_time at) {
    const auto id = "binding " + std::to_string(++bindings);
    auto known = db->run(find_user{user});
    if (known)
      must(*db, create_family{{.id = id,
                               .user = user,
                               .generation = 1,
                               .rotated_at = at,
                               .expires_at = at + hours{1},
                               .proved_at = at}});
    return bind_phone{.id = user,
                      .phone = to,
                      .replaces = known ? known->phone : "",
                      .proof = {id, at},
                      .now = at};
  };

  SUBCASE("a bound phone finds its account and counts as verified") {
    CHECK(error_of(*db, find_user_by_phone{phone}) == errc::user_not_found);
    must(*db, binding(ann, phone, some_day));
    const auto found = must(*fixture->reader(), find_user_by_phone{phone});
    CHECK(found.id == ann);
    CHECK(found.phone == phone);
    CHECK(found.email == "ann@example.org");
    CHECK(must(*db, find_phone_use{phone}).verified);
    CHECK(must(*db, claim_phone_account{phone, some_day}).id == ann);
  }
  SUBCASE("a new phone takes the place of the old one, which is free then") {
    must(*db, binding(ann, phone, some_day));
    must(*db, binding(ann, "+8613800138001", some_day));
    CHECK(error_of(*db, find_user_by_phone{phone}) == errc::user_not_found);
    const auto bob = new_user(*db, "bob@example.org");
    must(*db, binding(bob, phone, some_day));
    CHECK(must(*db, find_user{ann}).phone == "+8613800138001");
  }
  SUBCASE("binding the same phone again is no error") {
    must(*db, binding(ann, phone, some_day));
    must(*db, binding(ann, phone, some_day + hours{1}));
    CHECK(must(*db, find_user_by_phone{phone}).id == ann);
  }
  SUBCASE("a phone belongs to one account; a refusal changes nothing") {
    const auto owner = must(*db, claim_phone_account{phone, some_day}).id;
    must(*db, binding(ann, "+8613800138001", some_day));
    CHECK(error_of(*db, binding(ann, phone, some_day)) == errc::phone_taken);
    CHECK(must(*db, find_user_by_phone{phone}).id == owner);
    CHECK(must(*db, find_user{ann}).phone == "+8613800138001");
  }
  SUBCASE("an unknown account cannot bind, and the empty phone finds none") {
    CHECK(error_of(*db, binding(ann + 1, phone, some_day)) == errc::user_not_found);
    CHECK_FALSE(must(*db, find_phone_use{phone}).verified);
    CHECK(error_of(*db, find_user_by_phone{""}) == errc::user_not_found);
  }
  SUBCASE("a new password revokes every family of the account and lists them") {
    const auto bob = new_user(*db, "bob@example.org");
    start_family("f", ann);
    start_family("g", ann);
    start_family("h", bob);
    must(*db, revoke_family{"f", some_day});
    const auto now = some_day + hours{1};
    const auto revoked = must(*db, set_password{ann, "new", {}, now}).families;
    REQUIRE(revoked.size() == 1);
    CHECK(revoked.front().id == "g");
    CHECK(revoked.front().revoked_at == now);
    CHECK(must(*db, find_user{ann}).password_hash == "new");
    CHECK(must(*db, find_user{bob}).password_hash == "hash");
    CHECK(must(*db, revoked_families{some_day}).families.size() == 2);
  }
  SUBCASE("a password that has changed meanwhile stays, and so do the sessions") {
    start_family("f", ann);
    CHECK(error_of(*db, set_password{ann, "new", "not it", some_day})
          == errc::wrong_state);
    CHECK(must(*db, find_user{ann}).password_hash == "hash");
    CHECK(must(*db, revoked_families{some_day}).families.empty());
    must(*db, set_password{ann, "new", "hash", some_day});
    CHECK(must(*db, find_user{ann}).password_hash == "new");
    CHECK(must(*db, revoked_families{some_day}).families.size() == 1);
  }
  SUBCASE("an unknown account has no password to set") {
    CHECK(error_of(*db, set_password{ann + 1, "new", {}, some_day})
          == errc::user_not_found);
  }
}

} // namespace tinybook::test
