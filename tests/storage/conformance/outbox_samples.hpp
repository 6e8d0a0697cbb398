#pragma once

#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"
#include "tests/storage/conformance/fixture.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace tinybook::test {

/// A message made at `now` that expires after ten minutes.
inline storage::sms_message sample_message(const std::string& phone, wall_time now) {
  storage::sms_message m;
  m.phone = phone;
  m.country_prefix = "+86";
  m.region = "CN";
  m.client_address = "192.0.2.1";
  m.purpose = "login";
  m.template_name = "code";
  m.sealed_parameters = std::string("\0sealed\xff", 8);
  m.key_id = "k1";
  m.code = 77;
  m.priority = 5;
  m.created_at = now;
  m.run_at = now;
  m.expires_at = now + std::chrono::minutes{10};
  m.progress = "{}";
  m.client_ref = "ref";
  return m;
}

/// The command that ends a row, without the notes of a try.
inline storage::finish_message ending(message_id id, std::int64_t token,
                                      storage::message_state state, wall_time now) {
  storage::finish_message out;
  out.id = id;
  out.token = token;
  out.state = state;
  out.now = now;
  return out;
}

/// Of each row whether its lease was kept.
inline std::vector<bool> kept_of(const std::vector<storage::lease_kept>& rows) {
  std::vector<bool> out;
  for (const auto& row : rows)
    out.push_back(row.kept);
  return out;
}

inline storage::sms_attempt sample_attempt(const std::string& outcome, wall_time at) {
  return {.message = 0,
          .provider = "console",
          .outcome = outcome,
          .provider_code = "E1",
          .text = "why",
          .started_at = at,
          .took = std::chrono::milliseconds{12}};
}

/// A report of a provider about a message to `phone`.
inline storage::receipt sample_report(const std::string& phone, bool delivered) {
  return {.provider = "console",
          .provider_message_id = "p-1",
          .client_ref = "",
          .phone = phone,
          .delivered = delivered,
          .provider_code = delivered ? "OK" : "UNREACHABLE",
          .text = "as it was"};
}

/// All fields of a row, for comparison.
inline auto fields_of(const storage::sms_message& m) {
  return std::tie(m.id, m.idempotency_key, m.phone, m.country_prefix, m.region,
                  m.client_address, m.purpose, m.template_name, m.sealed_parameters,
                  m.key_id, m.code, m.parent, m.priority, m.created_at, m.run_at,
                  m.expires_at, m.state, m.attempt, m.progress, m.lease_token,
                  m.lease_until, m.client_ref, m.provider, m.provider_message_id,
                  m.receipt, m.finalized_at, m.code_hash, m.code_key_id, m.code_asker);
}

inline auto fields_of(const storage::sms_attempt& a) {
  return std::tie(a.message, a.provider, a.outcome, a.provider_code, a.text, a.started_at,
                  a.took);
}

inline auto fields_of(const storage::sms_receipt& r) {
  return std::tie(r.provider, r.delivered, r.provider_code, r.text, r.received_at);
}

/// Whether two lists, each with `fields_of`, hold the same.
template <class T>
bool same_fields(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return fields_of(x) == fields_of(y); });
}

inline bool same_history(const storage::message_history& a,
                         const storage::message_history& b) {
  return fields_of(a.message) == fields_of(b.message)
         && same_fields(a.attempts, b.attempts) && same_fields(a.receipts, b.receipts)
         && std::tie(a.handled_by, a.discarded) == std::tie(b.handled_by, b.discarded);
}

inline auto fields_of(const storage::outbox_depth& d) {
  return std::tie(d.ready, d.leased, d.delivered, d.expired, d.dead, d.oldest_ready,
                  d.next_run_at);
}

inline auto fields_of(const storage::keyed_code_state& s) {
  return std::tie(s.key, s.state, s.matters_until);
}

} // namespace tinybook::test
