#pragma once

#include "http/api/field_values.hpp"
#include "http/api/json_writer.hpp"
#include "http/api/schema.hpp"
#include "storage/reading_commands.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tinybook::http {

/// What a person sees of an entry of the trail about their account: not which operator it
/// was, nor why.
void write_own_event(json_writer& w, const storage::audit_event& event);

inline constexpr schema_member own_event_members[] = {
    {"kind", schema::text("log_in")},
    {"at", schema::time("2026-11-30T08:00:00.000Z")},
    {"network", schema::text("198.51.100.0/24")},
    {"device", schema::text("Firefox, Windows")},
    {"detail", schema::text("password")},
    {"byOperator", schema::flag(false)}};
inline constexpr schema own_event_schema =
    schema::object(own_event_members).named("SecurityEvent");
inline constexpr schema own_events_schema = schema::list(own_event_schema);

/// The optional `before` of a list, which is what `place_text` made.
[[nodiscard]] field_spec list_place_field();

/// The `before` of the next page, opaque to clients.
[[nodiscard]] std::string place_text(const storage::audit_place& place);
/// That of the optional field `before`. Fails with `invalid_field`.
[[nodiscard]] result<std::optional<storage::audit_place>>
place_before(const field_values& in);

/// `{"items":[…],"next":…}`; `write` writes one.
template <class Write>
void write_audit_page(json_writer& w, const storage::audit_page& page, Write write) {
  w.key("items").begin_array();
  for (const auto& event : page.events)
    write(w, event);
  w.end_array().key("next");
  if (page.next)
    w.value(place_text(*page.next));
  else
    w.null();
}

} // namespace tinybook::http
