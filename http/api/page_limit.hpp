#pragma once

#include "http/api/environment.hpp"
#include "http/api/request_context.hpp"

#include <cstdint>

namespace tinybook::http {

/// The optional `limit` of a list.
[[nodiscard]] field_spec page_limit_field();

/// How many items a list may answer: what the client asks for, or the default. Fails with
/// `invalid_field` beyond `articles.max_list_limit`.
[[nodiscard]] result<std::int64_t> page_limit(const api_environment& env,
                                              const request_context& request);

} // namespace tinybook::http
