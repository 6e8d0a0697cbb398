#include "tests/blackbox/kill_ledger.hpp"

namespace tinybook::test {

void kill_ledger::account(const std::string& email) {
  std::lock_guard guard{mutex_};
  accounts.push_back(email);
}

void kill_ledger::article(std::int64_t id) {
  std::lock_guard guard{mutex_};
  articles.push_back(id);
}

void kill_ledger::logged_out(session s) {
  std::lock_guard guard{mutex_};
  closed.push_back(std::move(s));
}

void kill_ledger::code_accepted(const std::string& phone) {
  std::lock_guard guard{mutex_};
  phones.push_back(phone);
}

void kill_ledger::like(like_key key, std::optional<bool> liked) {
  std::lock_guard guard{mutex_};
  likes[key] = liked;
}

void kill_ledger::forget_checked() {
  accounts.clear();
  closed.clear();
  phones.clear();
}

} // namespace tinybook::test
