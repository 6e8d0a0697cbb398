#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// Two accounts whose phones, or e-mails, turned out to be one. The younger lost it; one
/// that has nothing else keeps the old spelling, which no log-in asks for: its sessions
/// go on, and a phone can be bound.
struct contact_conflict {
  user_id keeps = 0;
  user_id loses = 0;
  std::string contact; ///< In its one form.
};

struct phones_rewritten {
  std::int64_t accounts = 0; ///< Whose phone was spelled anew.
  std::int64_t messages = 0;
  std::vector<contact_conflict> conflicts;
};

/// What the step needs that spells stored phones anew.
struct phone_rewrite {
  /// The one form of a stored phone. Null = phones stay as they are.
  std::function<std::string(const std::string&)> canonical;
  std::function<void(const phones_rewritten&)> tell;
};

struct emails_rewritten {
  std::int64_t accounts = 0; ///< Whose e-mail was spelled anew.
  std::vector<contact_conflict> conflicts;
  std::vector<std::string> unusable; ///< Stay, though no log-in takes them any more.
};

/// What the steps of the schema need that bring stored rows into another form. Each is
/// told of just before it is committed: twice where a crash comes between. From any
/// thread.
struct row_rewrites {
  phone_rewrite phones{};
  std::function<void(const emails_rewritten&)> emails{};
};

} // namespace tinybook::storage
