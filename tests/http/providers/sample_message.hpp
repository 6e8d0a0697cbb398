#pragma once

#include "actors/sms/sms_provider.hpp"

#include <chrono>

namespace tinybook::test {

constexpr wall_time send_time{std::chrono::seconds{1'700'000'000}};

inline wall_clock clock_at_send_time() {
  return [] {
    return send_time;
  };
}

/// A log-in code in English that lives ten minutes.
inline outgoing_sms sample_message() {
  outgoing_sms out;
  out.id = 12;
  out.client_ref = "ref-1";
  out.phone = "+8613800138000";
  out.purpose = "login";
  out.template_name = "login_code";
  out.parameters = {{"code", "424242"}, {"minutes", "10"}};
  out.lang = language::en;
  out.expires_at = send_time + std::chrono::minutes{10};
  return out;
}

} // namespace tinybook::test
