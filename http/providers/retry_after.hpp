#pragma once

#include "storage/types.hpp"

#include <chrono>
#include <string_view>

namespace tinybook::http {

/// Longer waits that a provider asks for are cut to this.
inline constexpr std::chrono::milliseconds max_retry_after = std::chrono::hours{24};

/// The wait that a Retry-After header asks for: whole seconds, or an HTTP date (RFC 9110,
/// IMF-fixdate) against `now`. 0 for anything else and for what has passed; a day at
/// most.
[[nodiscard]] std::chrono::milliseconds parse_retry_after(std::string_view value,
                                                          wall_time now);

} // namespace tinybook::http
