#pragma once

#include "storage/result.hpp"

#include <caf/error.hpp>

#include <string_view>

namespace tinybook {

/// A `failure` as it travels between actors: the category atom `tinybook`, the number of
/// the errc, and the failure itself as context.
[[nodiscard]] caf::error to_error(failure f);

/// Back again. CAF's own errors become domain ones: a request that ran into its timeout
/// is `deadline_exceeded`, a receiver that is down or restarting `unavailable`; the
/// detail names `actor` and the cause.
[[nodiscard]] failure to_failure(const caf::error& e, std::string_view actor);

} // namespace tinybook
