#pragma once

#include "storage/result.hpp"

#include <chrono>
#include <string_view>

namespace tinybook::storage::redis {

/// Whether the server does not know the script's hash (NOSCRIPT).
[[nodiscard]] bool is_unknown_script(std::string_view error);

/// What an error answer means: `unavailable` where the server refuses for now,
/// `wrong_state` where it refuses the log-in, else `internal`. Its text names `what` and
/// the kind of the error with its place in the script, but nothing that was sent.
[[nodiscard]] failure to_failure(std::string_view error, std::string_view what);

} // namespace tinybook::storage::redis
