#pragma once

#include <string_view>

namespace tinybook::http {

/// Now, as the header `Date` has it (RFC 9110, section 5.6.7). Made anew once a second;
/// valid until the next call of this thread.
[[nodiscard]] std::string_view http_date();

} // namespace tinybook::http
