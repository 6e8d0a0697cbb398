#include "http/admin/message_json.hpp"

#include "http/log/redact.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/text.hpp"

#include <array>

namespace tinybook::http {

namespace {

using storage::message_state;

constexpr std::array all_states{message_state::ready, message_state::leased,
                                message_state::delivered, message_state::expired,
                                message_state::dead};

void write_attempt(json_writer& w, const storage::sms_attempt& a) {
  w.begin_object().member("provider", a.provider).member("outcome", a.outcome);
  // The text of a provider may hold anything.
  w.member("code", a.provider_code).member("text", redact(a.text));
  write_time(w, "startedAt", a.started_at);
  w.member("tookMs", a.took.count()).end_object();
}

void write_receipt(json_writer& w, const storage::sms_receipt& r) {
  w.begin_object().member("provider", r.provider).member("delivered", r.delivered);
  w.member("code", r.provider_code).member("text", redact(r.text));
  write_time(w, "receivedAt", r.received_at);
  w.end_object();
}

void write_handled(json_writer& w, const storage::message_history& h) {
  w.key("handled");
  if (h.handled_by.empty())
    w.null();
  else
    w.value(h.discarded ? "discarded" : "redriven");
  w.member("handledBy", h.handled_by);
}

void write_times(json_writer& w, const storage::sms_message& m) {
  write_time(w, "createdAt", m.created_at);
  write_time(w, "runAt", m.run_at);
  write_time(w, "expiresAt", m.expires_at);
  write_time(w, "finalizedAt", m.finalized_at);
}

} // namespace

std::string_view name_of(message_state state) {
  switch (state) {
  case message_state::ready:
    return "ready";
  case message_state::leased:
    return "leased";
  case message_state::delivered:
    return "delivered";
  case message_state::expired:
    return "expired";
  case message_state::dead:
    break;
  }
  return "dead";
}

std::optional<message_state> message_state_of(std::string_view name) {
  for (const auto state : all_states)
    if (name_of(state) == name)
      return state;
  return std::nullopt;
}

void write_message(json_writer& w, const storage::message_history& history) {
  const auto& m = history.message;
  w.begin_object().member("id", m.id).member("parent", m.parent);
  w.member("phone", mask_phone(m.phone));
  w.member("prefix", m.country_prefix).member("region", m.region);
  w.member("purpose", m.purpose).member("template", m.template_name);
  w.member("state", name_of(m.state)).member("tries", m.attempt);
  write_times(w, m);
  w.member("provider", m.provider).member("providerMessageId", m.provider_message_id);
  w.member("clientRef", m.client_ref).member("receipt", m.receipt);
  w.key("receipts").begin_array();
  for (const auto& one : history.receipts)
    write_receipt(w, one);
  w.end_array().key("attempts").begin_array();
  for (const auto& one : history.attempts)
    write_attempt(w, one);
  w.end_array();
  write_handled(w, history);
  w.end_object();
}

} // namespace tinybook::http
