#pragma once

#include "actors/sms/sms_provider.hpp"
#include "http/providers/answer_class.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <string>

namespace tinybook::http {

struct webhook_options {
  std::string url;     ///< http or https; certificates are checked.
  std::string secret;  ///< `whsec_<base64>`; empty = the requests are not signed.
  std::string ca_file; ///< PEM; empty = the certificates that the system trusts.
};

/// Whether `options` can work; the reason if not. For the configuration check.
[[nodiscard]] result<done> check_webhook(const webhook_options& options);

/// Posts each message as JSON (Standard Webhooks); what the answer means says
/// `classify_webhook_answer`. Every client it makes keeps one connection alive, so a
/// sender has as many connections as workers. Redirects are not followed: they
/// could send the code anywhere. Options that cannot work make every send
/// `provider_down`.
[[nodiscard]] sms_provider_factory webhook_provider(webhook_options options,
                                                    wall_clock clock);

/// What a webhook's answer means. Its status decides: 2xx is delivered, 429 throttled,
/// 410 rejected, 408 ambiguous, anything else `provider_down`, for a receiver that does
/// not understand a request says nothing about the number. Unless its body, a JSON
/// object, says more, whatever the status:
///
///     {"rejected": true, "reason": "…"}        the number can never work; final
///     {"not_here": true, "reason": "…"}        not this number by this provider;
///                                              with "whole_region": true, nor its region
///     {"number_limited": true, "reason": "…"}  too many for this number, with
///                                              Retry-After
///
/// `reason` is kept for the list of attempts, without phone and code; nothing else of the
/// body but `id` is.
[[nodiscard]] classed_answer classify_webhook_answer(const provider_answer& answer,
                                                     const outgoing_sms& sent,
                                                     wall_time now);

} // namespace tinybook::http
