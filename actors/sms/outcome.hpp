#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook {

/// How a try at a provider ended.
enum class outcome_class : std::uint8_t {
  delivered,      ///< The provider accepted the message.
  throttled,      ///< Refused for the account's rate, not sent; pauses the provider.
  number_limited, ///< Refused for the rate of this one number, not sent.
  not_here,       ///< Not to this number by this provider, not sent; another may do it.
  rejected,       ///< No provider can ever send to this number; final.
  provider_down,  ///< Certainly not sent; a failure of the provider.
  ambiguous,      ///< May have been sent: the answer is missing or unreadable.
};
inline constexpr std::size_t outcome_classes = 7;

/// Counts against the provider's health. The other outcomes count for it or not at all.
[[nodiscard]] constexpr bool is_failure(outcome_class outcome) {
  return outcome == outcome_class::provider_down || outcome == outcome_class::ambiguous;
}

/// A stable name for logs, metrics and the attempts table.
[[nodiscard]] constexpr std::string_view to_string(outcome_class outcome) {
  switch (outcome) {
  case outcome_class::delivered:
    return "delivered";
  case outcome_class::throttled:
    return "throttled";
  case outcome_class::number_limited:
    return "number_limited";
  case outcome_class::not_here:
    return "not_here";
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
  /// With `throttled` and `number_limited`; 0 = none given.
  std::chrono::milliseconds retry_after{0};
  /// With `not_here`: the reason is the country, not this one number.
  bool whole_region = false;
  std::chrono::milliseconds took{0};
};

} // namespace tinybook
