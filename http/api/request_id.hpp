#pragma once

#include <string>

namespace tinybook::http {

/// 16 hexadecimal digits that name one request in the answer and in the log. Unlikely to
/// repeat across processes; not secret; takes some nanoseconds.
[[nodiscard]] std::string next_request_id();

} // namespace tinybook::http
