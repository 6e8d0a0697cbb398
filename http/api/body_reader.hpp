#pragma once

#include "http/api/field_values.hpp"
#include "storage/result.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace tinybook::http {

/// Reads the JSON object `body` into the fields of a route.
///
/// Strict about JSON itself (RFC 8259: valid UTF-8, one value, nothing after it; a byte
/// order mark is skipped), lenient about content: unknown fields are ignored whatever
/// they hold, and of a repeated name the last counts. Containers are skipped, not built:
/// memory is bounded by the known fields, and the stack by nothing that a client sends.
///
/// Errors: malformed_json (also for nesting beyond `max_depth`); invalid_field with every
/// refused field at once, in the order of `specs`, and with the field `body` where the
/// value is no object. No detail ever quotes the body.
[[nodiscard]] result<field_values> read_body(std::string_view body,
                                             std::span<const field_spec> specs,
                                             std::size_t max_depth);

/// Whether a body of this Content-Type is JSON: absent, or `application/json` (also
/// `+json`), in UTF-8.
[[nodiscard]] bool is_json_media(std::string_view content_type);

} // namespace tinybook::http
