#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook {

/// How a try at a provider ended.
enum class outcome_class : std::uint8_t {
  delivered,     ///< The provider accepted the message.
  throttled,     ///< Refused for rate, not sent; not a failure of the provider.
  rejected,      ///< This number, template or content can never work; final.
  provider_down, ///< Certainly not sent; a failure of the provider.
  ambiguous,     ///< May have been sent: the answer is missing or unreadable.
};

/// Stable word for logs, metrics and the attempts table.
[[nodiscard]] constexpr std::string_view to_string(outcome_class outcome) {
  switch (outcome) {
  case outcome_class::delivered:
    return "delivered";
  case outcome_class::throttled:
    return "throttled";
  case outcome_class::rejected:
    return "rejected";
  case outcome_class::provider_down:
    return "provider_down";
  case outcome_class::ambiguous:
    return "ambiguous";
  }
  return "ambiguous";
}

/// What a provider client returns for one try.
struct send_outcome {
  outcome_class kind = outcome_class::ambiguous;
  std::string provider_message_id; ///< The provider's id, if delivered.
  std::string provider_code;       ///< The provider's own code, as it gave it.
  std::string text; ///< Its text, without code or phone; for the attempts list.
  std::chrono::milliseconds retry_after{0}; ///< With `throttled`; 0 = none given.
  std::chrono::milliseconds took{0};
};

} // namespace tinybook
