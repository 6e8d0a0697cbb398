#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// Two accounts whose phones, or e-mails, turned out to be the same. The younger loses
/// it; where it has no other contact it keeps the old spelling, which no log-in asks for:
/// its sessions go on, and a phone can be bound.
struct contact_conflict {
  user_id keeps = 0;
  user_id loses = 0;
  std::string contact; ///< In its canonical form.
};

struct phones_rewritten {
  std::int64_t accounts = 0; ///< Whose phone was rewritten.
  std::int64_t messages = 0;
  std::vector<contact_conflict> conflicts;
};

/// What the step that rewrites stored phones needs.
struct phone_rewrite {
  /// The canonical form of a stored phone. Null = phones stay as they are.
  std::function<std::string(const std::string&)> canonical;
  std::function<void(const phones_rewritten&)> tell;
};

struct emails_rewritten {
  std::int64_t accounts = 0; ///< Whose e-mail was rewritten.
  std::vector<contact_conflict> conflicts;
  std::vector<std::string> unusable; ///< Stay, though no log-in accepts them any more.
};

/// What the migration steps that rewrite stored rows need. Each rewrite is reported just
/// before it is committed, so twice where a crash comes in between. Called from any
/// thread.
struct row_rewrites {
  phone_rewrite phones{};
  std::function<void(const emails_rewritten&)> emails{};
};

} // namespace tinybook::storage
