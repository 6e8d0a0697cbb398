#pragma once

#include "storage/support/calendar.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// What a provider asked for with Retry-After, for one message.
struct provider_hold {
  std::string provider;
  wall_time until{};
  /// When the provider asked for a pause of all messages, which an operator may lift; the
  /// epoch = it has refused this number, which nobody can lift.
  wall_time since{};

  [[nodiscard]] bool may_be_lifted() const { return since != wall_time{}; }

  bool operator==(const provider_hold&) const = default;
};

/// How far a message has come; stored with the row between decisions. If a crash loses it
/// the message starts again with a first round.
struct delivery_progress {
  int round = 0;                         ///< From 0.
  std::vector<std::string> tried;        ///< Providers given the message in this round.
  std::vector<std::string> tried_before; ///< In earlier rounds.
  std::vector<std::string> not_here;     ///< Cannot send to this number, in any round.
  int total_tries = 0; ///< Without those that were refused for rate or for the number.
  std::vector<provider_hold> holds;
  std::optional<wall_time> next_round_at; ///< Set when every provider had its try.
  bool awaits_receipt = false;            ///< Ambiguous, and no other copy may go out.

  /// In this round.
  [[nodiscard]] bool has_had(std::string_view provider) const {
    return std::ranges::find(tried, provider) != tried.end();
  }
  /// In an earlier one.
  [[nodiscard]] bool had_before(std::string_view provider) const {
    return std::ranges::find(tried_before, provider) != tried_before.end();
  }

  /// Has said that it cannot send to this number.
  [[nodiscard]] bool is_not_for(std::string_view provider) const {
    return std::ranges::find(not_here, provider) != not_here.end();
  }

  bool operator==(const delivery_progress&) const = default;
};

/// The text for the row's `progress`: JSON, times in whole milliseconds, rounded up so
/// that nothing goes out earlier than decided. An initial progress is the empty string.
[[nodiscard]] std::string encode_progress(const delivery_progress& progress);

/// Reads what `encode_progress` wrote. Text that cannot be read gives an initial
/// progress: the message goes on as after a crash.
[[nodiscard]] delivery_progress decode_progress(std::string_view text);

} // namespace tinybook
