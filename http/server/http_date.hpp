#pragma once

#include <string_view>

namespace tinybook::http {

/// The current time as in the header `Date` (RFC 9110, section 5.6.7). Formatted once a
/// second; valid until the next call on this thread.
[[nodiscard]] std::string_view http_date();

} // namespace tinybook::http
