#pragma once

#include "actors/sms/sender_messages.hpp"
#include "http/api/request_context.hpp"
#include "storage/audit_event.hpp"

#include <chrono>
#include <optional>

namespace tinybook::storage {
struct list_messages;
}

namespace tinybook::http {

/// The `reason` that every action of an operator must have.
[[nodiscard]] field_spec reason_field();

/// Who acts and why. Fails with `invalid_field` where the reason is empty or longer than
/// 200 characters.
[[nodiscard]] result<operator_action> action_of(const request_context& request);

/// The same for the audit trail, with where from.
[[nodiscard]] result<storage::audit_source>
source_of_action(const request_context& request);

/// What `state` asks for: `open`, `closed`, `metrics_only` or `auto`; for all providers
/// at once only `open` (a pause) and `auto` (its end).
[[nodiscard]] result<forced_state> forced_state_of(const request_context& request,
                                                   bool all_providers);

/// The optional `ttl`, such as `10m`: from one second to thirty days (the limit that a
/// refusal names is in seconds); none with `auto`.
[[nodiscard]] result<std::optional<std::chrono::milliseconds>>
time_to_live_of(const request_context& request, forced_state state);

/// The filters of the list of messages.
[[nodiscard]] std::vector<field_spec> message_filter_fields();
[[nodiscard]] result<storage::list_messages> filters_of(const request_context& request);

} // namespace tinybook::http
