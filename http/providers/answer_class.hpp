#pragma once

#include "actors/sms/provider.hpp"
#include "http/providers/http_channel.hpp"
#include "storage/types.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Code points that are kept of what a provider says of a message.
inline constexpr std::size_t longest_provider_text = 200;

/// What a code of a provider means. The first rule that fits counts.
struct code_rule {
  enum class match : std::uint8_t { whole, prefix, suffix };
  std::string_view text;
  outcome_class kind;
  match how = match::whole;
  /// With `not_here`: every number of the region gets it.
  bool whole_region = false;
  /// With `throttled`: a limit of the day or the month, which pauses for the longest
  /// time.
  bool until_tomorrow = false;
};

inline constexpr auto by_prefix = code_rule::match::prefix;
inline constexpr auto by_suffix = code_rule::match::suffix;

/// An answer that was understood as far as it could be.
struct classed_answer {
  send_outcome outcome;
  bool unknown_code = false; ///< The provider's code is in no table: worth a log line.
};

/// What a provider said instead of yes.
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

/// Delivered; the other way round where a status that is no 2xx contradicts it.
[[nodiscard]] classed_answer class_accepted(std::string message_id,
                                            const provider_answer& answer);

/// Takes over the answer's Retry-After where the outcome is a refusal for rate.
void add_wait(send_outcome& out, const provider_answer& answer, wall_time now);

[[nodiscard]] bool is_success(int status);

/// The field as a text: of a string or an integer without control characters, at most
/// 128 code points; else empty.
[[nodiscard]] std::string text_field(const nlohmann::json& object, std::string_view name);

/// The field as it is, if it is a string; to be scrubbed.
[[nodiscard]] std::string raw_field(const nlohmann::json& object, std::string_view name);

/// A provider's message as it may stand in the attempts list: one line of at most 200
/// code points, without phone, code and whatever else looks like a secret.
[[nodiscard]] std::string scrub(std::string_view message, const outgoing_sms& sent);

} // namespace tinybook::http
