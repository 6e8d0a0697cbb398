#pragma once

#include <chrono>
#include <string>

namespace tinybook::storage {

/// What makes a write repeatable: the key that its client chose for it (header
/// `Idempotency-Key`), and the request. Both as SHA-256 in hex.
struct repeatable {
  std::string key_hash;
  std::string request_hash;

  bool operator==(const repeatable&) const = default;
};

/// How long the answer to a key is kept, at least.
inline constexpr std::chrono::hours answer_kept_for{24};

} // namespace tinybook::storage
