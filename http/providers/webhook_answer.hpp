#pragma once

#include "http/providers/answer_class.hpp"

namespace tinybook::http {

/// What a webhook's answer means. Its status decides: 2xx is delivered, 429 throttled,
/// 410 rejected, 408 ambiguous, anything else `provider_down`, for a receiver that does
/// not understand a request says nothing of the number. Unless its body, a JSON object,
/// says more, under whatever status:
///
///     {"rejected": true, "reason": "…"}        the number can never work; final
///     {"not_here": true, "reason": "…"}        not this number by this provider;
///                                              with "whole_region": true, nor its region
///     {"number_limited": true, "reason": "…"}  too many for this number; with
///     Retry-After
///
/// `reason` is kept for the list of attempts, without phone and code; nothing else of the
/// body but `id` is.
[[nodiscard]] classed_answer classify_webhook_answer(const provider_answer& answer,
                                                     const outgoing_sms& sent,
                                                     wall_time now);

} // namespace tinybook::http
