#pragma once

#include "storage/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tinybook {

/// The cost of one Argon2id hash.
struct password_hash_options {
  unsigned passes = 0;          ///< At least 1.
  std::size_t memory_bytes = 0; ///< At least 8 KiB.

  bool operator==(const password_hash_options&) const = default;
};

// All of these keep a core busy for tens of milliseconds: only for threads that may
// block.

/// The hash in its own text form (`$argon2id$…`), with a fresh salt. Errors: out of
/// memory (errc::overloaded).
[[nodiscard]] result<std::string> hash_password(std::string_view password,
                                                const password_hash_options& options);

/// Whether `password` is the one that was hashed. Costs what the hash says, also for a
/// wrong password; a malformed hash matches nothing. Errors: out of memory
/// (errc::overloaded), so that nobody is told that his password is wrong for want of it.
[[nodiscard]] result<bool> verify_password(std::string_view hash,
                                           std::string_view password);

/// Whether the hash was made at another cost than `options` and is to be made anew at the
/// next log-in.
[[nodiscard]] bool needs_rehash(std::string_view hash,
                                const password_hash_options& options);

/// A hash at the same cost that no known password matches: verified for an e-mail that
/// does not exist, so that both answers take the same time. Make it once, at start.
[[nodiscard]] result<std::string>
dummy_password_hash(const password_hash_options& options);

} // namespace tinybook
