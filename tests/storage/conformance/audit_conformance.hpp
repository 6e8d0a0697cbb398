#pragma once

#include "tests/storage/conformance/account_client.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

inline void audit_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  account_client accounts{*db};
  const auto ann = new_user(*db, "ann@example.org");
  const auto note = [&](user_id user, audit_kind kind, int second) {
    must(*db, note_audit{{.at = some_day + seconds{second},
                          .user = user,
                          .kind = kind,
                          .from = {"n", "d", "by", "why"},
                          .detail = std::to_string(second)}});
  };

  SUBCASE("pages go by time, newest first, by person, kind and span") {
    for (int i = 1; i <= 6; ++i)
      note(i % 2 == 0 ? ann : ann + 1,
           i % 3 == 0 ? audit_kind::step_up : audit_kind::log_out, i);
    const auto details = [&](list_audit query) {
      std::string out;
      query.limit = 2;
      for (int pages = 0; pages < 10; ++pages) {
        const auto page = must(*fixture->reader(), query);
        CHECK(page.events.size() <= 2);
        for (const auto& event : page.events)
          out += event.detail.size() == 1 ? event.detail : "";
        if (!page.next)
          return out;
        query.before = page.next;
      }
      return std::string{"no end"};
    };
    CHECK(details({}) == "654321");
    CHECK(details({.user = ann}) == "642");
    CHECK(details({.kind = audit_kind::step_up}) == "63");
    CHECK(details({.user = ann, .kind = audit_kind::step_up}) == "6");
    note(0, audit_kind::log_in_failed, 7);
    CHECK(details({.user = 0}) == "7");
    CHECK(details({.user = 0, .kind = audit_kind::step_up}).empty());
    CHECK(details({}) == "7654321");
    CHECK(details({.from = some_day + seconds{2}, .until = some_day + seconds{5}})
          == "432");
    const auto first = must(*db, list_audit{.user = ann, .limit = 1}).events.front();
    CHECK(first.kind == audit_kind::step_up);
    CHECK(first.at == some_day + seconds{6});
    CHECK(first.from.network == "n");
    CHECK(first.from.device == "d");
    CHECK(first.from.by == "by");
    CHECK(first.from.reason == "why");
  }
  SUBCASE("entries of one moment are all on some page") {
    for (int i = 0; i < 5; ++i)
      note(ann, audit_kind::log_out, 1);
    std::size_t seen = 0;
    list_audit query{.user = ann, .kind = audit_kind::log_out, .limit = 2};
    do {
      const auto page = must(*db, query);
      seen += page.events.size();
      query.before = page.next;
    } while (query.before);
    CHECK(seen == 5);
  }
  SUBCASE("old ones are removed, the oldest first") {
    for (int i = 1; i <= 4; ++i)
      note(ann, audit_kind::log_out, i);
    CHECK(must(*db, remove_old_audit{some_day + seconds{4}, 2}).rows == 2);
    CHECK(must(*db, remove_old_audit{some_day + seconds{4}, 10}).rows == 2);
    CHECK(must(*db, remove_old_audit{some_day + seconds{4}, 10}).rows == 0);
    CHECK(must(*db, list_audit{.user = ann, .limit = 10}).events.size() == 1);
  }
  SUBCASE("an entry is committed with what it tells of, or not at all") {
    std::vector<std::string> told;
    db->set_audit_sink([&](const audit_event& event) {
      CHECK(event.id > 0);
      told.emplace_back(name_of(event.kind));
    });
    accounts.log_in(ann, "a");
    CHECK(error_of(*db, accounts.opening(ann, "a")) == errc::wrong_state);
    CHECK(error_of(*db, create_user{"ann@example.org", "hash", some_day})
          == errc::email_taken);
    must(*db, revoke_family{"a", some_day});
    must(*db, revoke_family{"a", some_day}); // Has ended already.
    CHECK(told == std::vector<std::string>{"log_in", "log_out"});
    CHECK(accounts.kinds_of(ann)
          == std::vector<std::string>{"sign_up", "log_in", "log_out"});
    told.clear();
    // In a group the one that fails tells nothing, the others are told once.
    const std::vector<connection::write> writes{
        [&] { return db->run(accounts.opening(ann, "b")).ok(); },
        [&] { return db->run(accounts.opening(ann, "b")).ok(); },
        [&] {
          return db->run(accounts.opening(ann, "c")).ok();
        }};
    REQUIRE(db->write_batch(writes).ok());
    CHECK(told == std::vector<std::string>{"log_in", "log_in"});
  }
  SUBCASE("a session that is one too many is told, and nothing where nothing ended") {
    accounts.log_in(ann, "a");
    auto second = accounts.opening(ann, "b", some_day + std::chrono::seconds{1});
    second.max_of_user = 1;
    CHECK(must(*db, second).ended.size() == 1);
    must(*db, revoke_other_families{ann, {"b", some_day}, some_day});
    CHECK(accounts.kinds_of(ann)
          == std::vector<std::string>{"sign_up", "log_in", "log_in", "session_ended"});
  }
  SUBCASE("a reused token, a session's end, a proof and a code's failure are told") {
    for (const auto* id : {"a", "b", "c"})
      accounts.log_in(ann, id);
    must(*db, revoke_own_family{ann, "b", {"a", some_day}, some_day});
    must(*db, prove_session{.user = ann, .family = "a", .now = some_day});
    must(*db, revoke_other_families{ann, {"a", some_day}, some_day});
    int minute = 0;
    for (const auto generation : {1, 2, 1})
      must(*db, rotate_family{.id = "a",
                              .shown_generation = generation,
                              .now = some_day + std::chrono::minutes{++minute},
                              .lifetime = std::chrono::hours{1},
                              .network = "thief"});
    CHECK(accounts.kinds_of(ann)
          == std::vector<std::string>{"sign_up", "log_in", "log_in", "log_in",
                                      "session_ended", "step_up", "sessions_ended",
                                      "token_reused"});
  }
}

} // namespace tinybook::test
