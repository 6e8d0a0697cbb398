#pragma once

#include <string>
#include <string_view>

namespace tinybook::http {

/// `plain` as one gzip member (RFC 1952), without name and time. `level`: 1 (quick) to 9
/// (small).
[[nodiscard]] std::string gzip(std::string_view plain, int level);

/// Whether an `Accept-Encoding` header takes gzip.
[[nodiscard]] bool accepts_gzip(std::string_view header);

} // namespace tinybook::http
