#pragma once

#include "actors/sms/provider.hpp"

#include <iosfwd>
#include <memory>

namespace tinybook {

/// Prints `SMS to +8613800138000: <text>` and flushes: for development, and for whoever
/// tries the product without a provider. The one place that shows a whole phone number
/// and a code, which is what it is for (REQUIREMENTS, A1).
///
/// A message that cannot be rendered is rejected; a stream that fails is a provider that
/// is down. Lines of several workers on one stream do not mix. `out` outlives it.
[[nodiscard]] std::unique_ptr<sms_provider> make_console_provider(std::ostream& out);

} // namespace tinybook
