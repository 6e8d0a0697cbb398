#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// What the server has promised, as the clients of a kill round saw it. A request that
/// broke off may or may not have been done: its effect is recorded as unknown.
class kill_ledger {
 public:
  struct session {
    std::string access;
    std::string refresh;
  };
  using like_key = std::pair<std::size_t, std::int64_t>; ///< Person, article.

  void account(const std::string& email);
  void article(std::int64_t id);
  void logged_out(session s);
  void code_accepted(const std::string& phone);
  /// Nothing = unknown.
  void like(like_key key, std::optional<bool> liked);

  // Read between rounds, when no client runs.
  std::vector<std::string> accounts;
  std::vector<std::int64_t> articles;
  std::vector<session> closed;
  std::vector<std::string> phones;
  std::map<like_key, std::optional<bool>> likes;

  /// Drops what a round has added, once it was checked; the rest stays.
  void forget_checked();

 private:
  std::mutex mutex_;
};

} // namespace tinybook::test
