#pragma once

#include "storage/account_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/session_store.hpp"
#include "tests/storage/conformance/fixture.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tinybook::test {

/// Shorthands for who may enter an account, and what is seen of it.
class account_client {
 public:
  explicit account_client(storage::connection& db) : db_(db) {}

  storage::create_family opening(user_id user, const std::string& id,
                                 wall_time at = some_day) {
    return {.family = {.id = id,
                       .user = user,
                       .generation = 1,
                       .rotated_at = at,
                       .expires_at = at + std::chrono::hours{1},
                       .created_at = at,
                       .device = "Firefox, Windows",
                       .network = "198.51.100.0/24",
                       .proved_at = at}};
  }
  void log_in(user_id user, const std::string& id, wall_time at = some_day) {
    CHECK_FALSE(must(db_, opening(user, id, at)).leaving);
  }
  storage::request_deletion deletion(user_id user, const std::string& family,
                                     wall_time erase_at = some_day) {
    return {
        .user = user, .proof = {family, some_day}, .now = some_day, .erase_at = erase_at};
  }
  bool lives(const std::string& family) {
    return must(db_, storage::find_family{family}).revoked_at == wall_time{};
  }
  std::vector<std::string> kinds_of(user_id user) {
    std::vector<std::string> out;
    for (const auto& event :
         must(db_, storage::list_audit{.user = user, .limit = 100}).events)
      out.emplace_back(name_of(event.kind));
    std::ranges::reverse(out);
    return out;
  }
  int erase(user_id user, wall_time now = some_day, std::int64_t limit = 100) {
    int steps = 1;
    while (!must(db_, storage::erase_account{user, now, limit}).finished)
      ++steps;
    return steps;
  }

 private:
  storage::connection& db_;
};

} // namespace tinybook::test
