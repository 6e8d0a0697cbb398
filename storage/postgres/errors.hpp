#pragma once

#include "storage/result.hpp"

#include <chrono>
#include <exception>
#include <string>
#include <string_view>

namespace tinybook::storage::postgres {

/// A failed statement or connection: what the caller is told, and what the connection
/// decides by.
struct trouble {
  failure why;
  std::string state; ///< SQLSTATE; empty where the server did not say one.
};

/// From an exception of pqxx while `doing` something: a full disk is `storage_full`; a
/// server that is away, overloaded, read-only, that refuses us or gave up waiting is
/// `unavailable`; anything else is `internal`, for it is a defect of ours. The detail has
/// the first line of the server's message, unless that may quote a parameter; never a
/// password.
[[nodiscard]] trouble to_trouble(const std::exception_ptr& thrown,
                                 std::string_view doing);

/// `unavailable`, with Retry-After.
[[nodiscard]] failure away(std::string detail,
                           std::chrono::milliseconds retry_after = retry_soon);

} // namespace tinybook::storage::postgres
