#pragma once

#include "storage/like_event.hpp"
#include "storage/result.hpp"

#include <string>
#include <string_view>

namespace tinybook {

/// The event as one line of JSON, the very bytes that the bus and Kafka carry. Text that
/// is not valid UTF-8 is replaced by U+FFFD rather than refused: an event must not get
/// stuck.
[[nodiscard]] std::string encode_event(const article_event& event);

/// Strict: the format must be ours, and every field must be there with its own type and
/// range; fields that are unknown are ignored, so that replicas of the next version can
/// be understood. Errors: `malformed_json`, `invalid_field` with the fields, or
/// `wrong_state` for a format that only a newer version can read.
[[nodiscard]] result<article_event> decode_event(std::string_view json);

} // namespace tinybook
