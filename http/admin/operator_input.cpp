#include "http/admin/operator_input.hpp"

#include "config/value_text.hpp"
#include "http/admin/message_json.hpp"
#include "http/text_tools.hpp"
#include "storage/sms_archive.hpp"
#include "storage/support/text.hpp"
#include "storage/support/validate.hpp"

#include <string>
#include <utility>

namespace tinybook::http {

namespace {

constexpr std::size_t max_filter_bytes = 64;
constexpr std::chrono::seconds min_force{1};
constexpr std::chrono::seconds max_force = std::chrono::hours{24 * 30};
constexpr std::int64_t max_messages = 100;
constexpr std::int64_t default_messages = 20;

failure refused(const char* field, field_rule rule, std::int64_t limit = 0,
                std::string allowed = {}) {
  return field_error{field, rule, limit, std::move(allowed)};
}

result<std::vector<storage::message_state>> states_of(std::string_view words) {
  std::vector<storage::message_state> out;
  while (!words.empty()) {
    const auto state = message_state_of(trim_blanks(take_until(words, ',')));
    if (!state)
      return refused("state", field_rule::not_one_of, 0,
                     "ready, leased, delivered, expired, dead");
    out.push_back(*state);
  }
  return out;
}

/// `+86`, also where a client did not encode the plus, so that it was read as a blank.
std::string prefix_of(const std::string& sent) {
  const auto digits = trim_blanks(sent);
  if (digits.empty() || digits.starts_with('+'))
    return std::string{digits};
  return '+' + std::string{digits};
}

} // namespace

field_spec reason_field() {
  return {.name = "reason"};
}

result<operator_action> action_of(const request_context& request) {
  auto reason = check_reason("reason", request.fields.text("reason"));
  if (!reason)
    return std::move(reason.error());
  return operator_action{request.operator_name, std::move(*reason)};
}

result<storage::audit_source> source_of_action(const request_context& request) {
  auto action = action_of(request);
  if (!action)
    return std::move(action.error());
  return storage::audit_source{.network = request.client().network(),
                               .by = std::move(action->by),
                               .reason = std::move(action->reason)};
}

result<forced_state> forced_state_of(const request_context& request, bool all_providers) {
  const auto& word = request.fields.text("state");
  if (word == "auto")
    return forced_state::none;
  if (word == "open")
    return forced_state::open;
  if (word == "closed" && !all_providers)
    return forced_state::closed;
  if (word == "metrics_only" && !all_providers)
    return forced_state::metrics_only;
  return refused("state", field_rule::not_one_of, 0,
                 all_providers ? "open, auto" : "open, closed, metrics_only, auto");
}

result<std::optional<std::chrono::milliseconds>>
time_to_live_of(const request_context& request, forced_state state) {
  if (!request.fields.has("ttl"))
    return std::optional<std::chrono::milliseconds>{};
  if (state == forced_state::none)
    return refused("ttl", field_rule::not_supported);
  const auto ttl = config::parse_duration(request.fields.text("ttl"));
  if (!ttl)
    return refused("ttl", field_rule::wrong_type, 0, "duration");
  if (*ttl < min_force || *ttl > max_force) {
    const auto nearest = *ttl < min_force ? min_force : max_force;
    return refused("ttl", field_rule::out_of_range, nearest.count(),
                   config::format_duration(nearest));
  }
  return ttl;
}

std::vector<field_spec> message_filter_fields() {
  const auto word = [](std::string_view name) {
    return field_spec{.name = name, .needed = presence::optional};
  };
  const auto number = [](std::string_view name, std::int64_t min, std::int64_t max,
                         std::int64_t fallback) {
    return field_spec{.name = name,
                      .type = field_type::integer,
                      .needed = presence::optional,
                      .min = min,
                      .max = max,
                      .fallback = fallback};
  };
  return {word("state"),
          word("provider"),
          word("purpose"),
          word("prefix"),
          number("handled", 0, 1, 0),
          number("before", 1, max_json_integer, 0),
          number("limit", 1, max_messages, default_messages)};
}

result<storage::list_messages> filters_of(const request_context& request) {
  const auto& in = request.fields;
  for (const auto* name : {"provider", "purpose", "prefix"})
    if (in.text(name).size() > max_filter_bytes)
      return refused(name, field_rule::too_long, max_filter_bytes);
  auto states = states_of(in.text("state"));
  if (!states)
    return std::move(states.error());
  return storage::list_messages{.states = std::move(*states),
                                .provider = in.text("provider"),
                                .purpose = in.text("purpose"),
                                .country_prefix = prefix_of(in.text("prefix")),
                                .with_handled = in.integer("handled") != 0,
                                .before = in.integer("before"),
                                .limit = in.integer("limit")};
}

} // namespace tinybook::http
