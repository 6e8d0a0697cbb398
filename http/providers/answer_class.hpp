#pragma once

#include "actors/sms/sms_provider.hpp"
#include "http/providers/http_channel.hpp"
#include "storage/types.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Code points that are kept of a provider's text about a message.
inline constexpr std::size_t max_provider_text = 200;

/// Longer waits that a provider asks for are cut to this.
inline constexpr std::chrono::seconds max_retry_after = std::chrono::hours{24};

/// What a code of a provider means. The first rule that fits counts.
struct code_rule {
  enum class match : std::uint8_t { whole, prefix, suffix };
  std::string_view text;
  outcome_class kind;
  match how = match::whole;
  /// With `not_here`: it holds for every number of the region.
  bool whole_region = false;
  /// With `throttled`: a daily or monthly limit, which pauses for the maximum.
  bool until_tomorrow = false;
};

inline constexpr auto by_prefix = code_rule::match::prefix;
inline constexpr auto by_suffix = code_rule::match::suffix;

/// What an answer means.
struct classed_answer {
  send_outcome outcome;
  bool unknown_code = false; ///< The provider's code is in no table: worth a log line.
};

/// The code and text with which a provider refused.
struct refusal {
  std::string code;
  std::string message;
};

/// Classes a refusal by its code. A code without a rule, and no code at all, are classed
/// by the status: 429 throttled, 408 ambiguous, anything else `provider_down`.
[[nodiscard]] classed_answer class_refusal(std::span<const code_rule> rules,
                                           const refusal& said,
                                           const provider_answer& answer,
                                           const outgoing_sms& sent, wall_time now);

/// An answer without the fields that it should have: a 2xx is ambiguous, the rest is
/// classed by its status.
[[nodiscard]] classed_answer class_unreadable(const provider_answer& answer,
                                              wall_time now);

/// Delivered; ambiguous where the status is not 2xx and so contradicts it.
[[nodiscard]] classed_answer class_accepted(std::string message_id,
                                            const provider_answer& answer);

/// Copies the answer's Retry-After where the outcome is a rate limit.
void add_wait(send_outcome& out, const provider_answer& answer, wall_time now);

[[nodiscard]] bool is_success(int status);

/// The field as a text: of a string or an integer without control characters, at most
/// 128 code points; else empty.
[[nodiscard]] std::string text_field(const nlohmann::json& object, std::string_view name);

/// The field as it is, if it is a string; to be scrubbed.
[[nodiscard]] std::string raw_field(const nlohmann::json& object, std::string_view name);

/// A provider's text as it may be kept with the attempt: one line of at most 200 code
/// points, without phone, code and whatever else looks like a secret.
[[nodiscard]] std::string scrub(std::string_view message, const outgoing_sms& sent);

} // namespace tinybook::http
