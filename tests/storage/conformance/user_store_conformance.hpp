#pragma once

#include "tests/storage/conformance/fixture.hpp"

#include <string>

namespace tinybook::test {

inline void user_store_conformance(const make_fixture& make) {
  using namespace storage;
  const auto fixture = make();
  const auto db = fixture->writer();

  SUBCASE("a new account is found by id and by e-mail, from a reader too") {
    const auto made = must(*db, create_user{"a@example.org", "hash", some_day});
    CHECK(made.id > 0);
    const auto reader = fixture->reader();
    for (const auto& found : {must(*reader, find_user{made.id}),
                              must(*reader, find_user_by_email{"a@example.org"})}) {
      CHECK(found.id == made.id);
      CHECK(found.email == "a@example.org");
      CHECK(found.phone.empty());
      CHECK(found.password_hash == "hash");
      CHECK(found.nickname.empty());
      CHECK(found.created_at == some_day);
    }
  }
  SUBCASE("an e-mail belongs to one account") {
    new_user(*db, "a@example.org");
    CHECK(error_of(*db, create_user{"a@example.org", "other", some_day})
          == errc::email_taken);
    CHECK(must(*db, find_user_by_email{"a@example.org"}).password_hash == "hash");
  }
  SUBCASE("an unknown account is not found") {
    CHECK(error_of(*db, find_user{1}) == errc::user_not_found);
    CHECK(error_of(*db, find_profile{1}) == errc::user_not_found);
    CHECK(error_of(*db, find_user_by_email{""}) == errc::user_not_found);
    CHECK(error_of(*db, edit_user{1, "n", "", "", some_day}) == errc::user_not_found);
  }
  SUBCASE("a verified phone creates an account once and finds it again") {
    const auto first = must(*db, claim_phone_account{"+8613800138000", some_day});
    CHECK(first.phone == "+8613800138000");
    CHECK(must(*db, find_profile{first.id}).phone == "+8613800138000");
    CHECK_FALSE(must(*db, find_profile{first.id}).has_password);
    CHECK(first.email.empty());
    CHECK(first.password_hash.empty());
    const auto again = must(
        *db, claim_phone_account{"+8613800138000", some_day + std::chrono::hours{1}});
    CHECK(again.id == first.id);
    CHECK(again.created_at == some_day);
    const auto other = must(*db, claim_phone_account{"+8613800138001", some_day});
    CHECK(other.id != first.id);
  }
  SUBCASE("many accounts have no phone, and many no e-mail") {
    CHECK(new_user(*db, "a@example.org") != new_user(*db, "b@example.org"));
    CHECK(must(*db, claim_phone_account{"+1", some_day}).id
          != must(*db, claim_phone_account{"+2", some_day}).id);
  }
  SUBCASE("an edit replaces the three fields of the profile and nothing else") {
    const auto id = new_user(*db, "a@example.org");
    must(*db, edit_user{id, "昵称", "2000-02-29", "about\nme", some_day});
    auto found = must(*db, find_user{id});
    CHECK(found.nickname == "昵称");
    CHECK(found.birthday == "2000-02-29");
    CHECK(found.about_me == "about\nme");
    CHECK(found.email == "a@example.org");
    CHECK(found.password_hash == "hash");
    const auto shown = must(*db, find_profile{id});
    CHECK(shown.nickname == "昵称");
    CHECK(shown.birthday == "2000-02-29");
    CHECK(shown.about_me == "about\nme");
    CHECK(shown.email == "a@example.org");
    CHECK(shown.phone.empty());
    must(*db, edit_user{id, "", "", "", some_day});
    found = must(*db, find_user{id});
    CHECK(found.nickname.empty());
    CHECK(found.birthday.empty());
  }
  SUBCASE("a hash is upgraded only while it is the one that was checked") {
    const auto id = new_user(*db, "a@example.org");
    CHECK(error_of(*db, upgrade_password_hash{id, "not it", "new"}) == errc::wrong_state);
    CHECK(must(*db, find_user{id}).password_hash == "hash");
    must(*db, upgrade_password_hash{id, "hash", "new"});
    CHECK(must(*db, find_user{id}).password_hash == "new");
    CHECK(error_of(*db, upgrade_password_hash{id + 1, "hash", "new"})
          == errc::wrong_state);
  }
  SUBCASE("quotes and SQL in a value are only text") {
    const std::string odd = "x'); DROP TABLE users; --";
    const auto id = new_user(*db, odd);
    CHECK(must(*db, find_user_by_email{odd}).id == id);
  }
}

} // namespace tinybook::test
