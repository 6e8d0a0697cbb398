#include "http/api/audit_json.hpp"

#include "config/parse_number.hpp"
#include "storage/support/calendar.hpp"

#include <algorithm>
#include <cstdint>

namespace tinybook::http {

void write_own_event(json_writer& w, const storage::audit_event& event) {
  w.begin_object().member("kind", storage::name_of(event.kind));
  write_time(w, "at", event.at);
  const bool by_operator = !event.from.by.empty(); // Where they are is their own affair.
  w.member("network", by_operator ? "" : event.from.network);
  w.member("device", by_operator ? "" : event.from.device);
  w.member("detail", event.detail).member("byOperator", by_operator);
  w.end_object();
}

field_spec list_place_field() {
  return {
      .name = "before", .needed = presence::optional, .means = field_meaning::list_place};
}

std::string place_text(const storage::audit_place& place) {
  return std::to_string(to_unix_ms(place.at)) + '-' + std::to_string(place.id);
}

result<std::optional<storage::audit_place>> place_before(const field_values& in) {
  if (!in.has("before"))
    return std::optional<storage::audit_place>{};
  const std::string_view text = in.text("before");
  const auto dash = std::min(text.find('-'), text.size());
  const auto at = parse_number<std::int64_t>(text.substr(0, dash));
  const auto id =
      parse_number<std::int64_t>(text.substr(std::min(dash + 1, text.size())));
  if (!at || !id || *at < 0 || *at > to_unix_ms(wall_time::max()) || *id < 0)
    return failure{field_error{"before", field_rule::not_next}};
  return std::optional{storage::audit_place{from_unix_ms(*at), *id}};
}

} // namespace tinybook::http
