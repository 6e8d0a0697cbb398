#pragma once

#include "storage/support/calendar.hpp"
#include "storage/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tinybook {

/// What a code is for. Purposes are separate: a log-in code never resets a password.
struct code_key {
  std::string phone;   ///< E.164.
  std::string purpose; ///< `login`, `bind_phone`, `reset_password`.

  auto operator<=>(const code_key&) const = default;
};

struct code_key_hash {
  [[nodiscard]] std::size_t operator()(const code_key& key) const noexcept {
    auto first = std::hash<std::string>{}(key.phone);
    auto second = std::hash<std::string>{}(key.purpose);
    return first ^ (second + 0x9e3779b97f4a7c15ULL + (first << 6U) + (first >> 2U));
  }
};

/// One code that was sent. Never the code itself, only its keyed hash.
struct live_code {
  std::int64_t code_id = 0;
  std::string hash;       ///< Raw bytes of the keyed hash.
  std::string key_id;     ///< The key that made `hash`.
  wall_time expires_at{}; ///< Verifies strictly before this.
  std::string asker;      ///< Id in the cookie that the send set; empty = none.
  int tries_left = 0;     ///< Wrong tries left to the asker for this send.
  int others_left = 0;    ///< Wrong tries left to all others for this send.
  /// The code that this one replaced (its SMS was reported lost), needed if this one is
  /// withdrawn; 0 = none.
  std::int64_t replaced_id = 0;
  std::string replaced_hash{};
  std::string replaced_key_id{};

  bool operator==(const live_code&) const = default;
};

/// The codes of a phone and purpose that anybody can enter: the last ones.
inline constexpr std::size_t codes_that_verify = 2;

/// The codes of a phone and purpose that are known at most: the last ones, whoever asked.
inline constexpr std::size_t codes_kept = 12;

/// Whether the code at `at` of `codes` (the newest last) can be entered until it runs
/// out: by anybody while it is one of the last two, by its asker until that has a newer
/// one.
[[nodiscard]] bool verifies(std::span<const live_code> codes, std::size_t at);

/// All that is known of one phone and purpose; a pure value that is stored as one row and
/// shipped as one message. `code_rules.hpp` holds the rules.
struct code_state {
  /// The last ones in order of issue, the newest last; not all of them need to verify.
  std::vector<live_code> codes;
  int others_used = 0;      ///< Wrong tries of all others in the present day window.
  wall_time others_since{}; ///< Start of that window: its first wrong try.
  wall_time last_sent{};    ///< 0 = never.

  bool operator==(const code_state&) const = default;
};

namespace storage {

/// The state of one phone and purpose as a row.
struct keyed_code_state {
  code_key key;
  code_state state;
  wall_time matters_until{}; ///< The row can go from then on (see code_rules).
};

/// Consumes a code that was entered correctly, in the transaction of the command that it
/// was for: a log-in (`create_family`), a bound phone (`bind_phone`), a new password
/// (`set_password`). Both are committed or neither is, so a code is not used twice, nor
/// used up by a command that fails.
///
/// Every message of the phone and purpose whose code has not run out at `at` then counts
/// as entered, one that is not sent yet ends as expired, the stored state loses its
/// codes, and the phone counts as verified. The command fails with `wrong_code`, and
/// nothing is written, where no message has one of `codes` or all of them were used
/// before.
///
/// `once` names the request, if it may be sent again: `was_code_entered` knows it then.
struct code_use {
  code_key key;
  std::vector<code_id> codes; ///< What was entered; several where codes are equal.
  wall_time at{};
  std::string once{};
};

} // namespace storage

} // namespace tinybook
