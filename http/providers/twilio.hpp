#pragma once

#include "http/providers/provider_client.hpp"

#include <string>

namespace tinybook::http {

/// Twilio's Messages resource of API 2010-04-01.
struct twilio_options {
  std::string name;
  std::string url = "https://api.twilio.com";
  std::string account_sid;
  std::string auth_token;
  std::string from;
  std::string messaging_service_sid; ///< Goes before `from` where both are given.
  std::string status_callback;       ///< Where it reports; empty = it does not.
  std::string ca_file{};
};

/// The request, with our own text in the message's language. Fails for a template that
/// does not exist.
[[nodiscard]] result<provider_request>
twilio_request(const twilio_options& options, const outgoing_sms& message, wall_time now);

/// A message that the answer calls failed or undelivered was not accepted, whatever the
/// status.
[[nodiscard]] classed_answer classify_twilio_answer(const provider_answer& answer,
                                                    const outgoing_sms& sent,
                                                    wall_time now);

[[nodiscard]] sms_provider_factory twilio_provider(twilio_options options,
                                                   wall_clock clock, log_ptr log);

} // namespace tinybook::http
