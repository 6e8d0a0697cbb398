#pragma once

#include "http/api/environment.hpp"
#include "http/api/schema.hpp"

namespace tinybook::http {

/// Everything that the system holds of `user`, as one JSON object in parts: the account,
/// sessions, articles with both copies, likes, collections, messages to the phone,
/// security events. Read page by page as the client takes it, so that memory holds one
/// page; what changes meanwhile may be in it or not. `held` is kept until the end.
[[nodiscard]] next_part own_export(const api_environment& env, user_id user,
                                   std::shared_ptr<const void> held);

/// What it writes.
extern const schema export_schema;

/// The answer with it, as a file to keep.
[[nodiscard]] answer exported(const api_environment& env, user_id user,
                              std::shared_ptr<const void> held);

} // namespace tinybook::http
