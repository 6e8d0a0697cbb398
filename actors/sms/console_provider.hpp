#pragma once

#include "actors/sms/sms_provider.hpp"

#include <memory>

namespace tinybook {

/// Prints `SMS to +8613800138000: <text>` and flushes: for development, and for trying
/// the product without a provider. The only place that shows a whole phone number and a
/// code.
///
/// A message that cannot be rendered is rejected; an output that is closed, or that
/// nobody reads until the deadline, counts as a provider that is down. Lines of several
/// workers do not mix.
[[nodiscard]] std::unique_ptr<sms_provider> make_console_provider(int descriptor);

} // namespace tinybook
