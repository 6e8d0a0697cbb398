#pragma once

#include "actors/sms/delivery_progress.hpp"
#include "actors/sms/outcome.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tinybook {

/// How a message is retried. All tunable.
struct delivery_rules {
  backoff_options backoff;
  int max_rounds = 0;      ///< From then on one round each `backoff.cap`, until expiry.
  int max_total_tries = 0; ///< Dead after this many tries; 0 = off.
  bool ambiguous_goes_on = true; ///< May another copy go out after an ambiguous result?
  /// When to decide anew where no end is known: an unreachable cache, a circuit.
  std::chrono::milliseconds recheck{std::chrono::seconds{1}};
  /// When to decide anew during a pause that an operator may lift.
  std::chrono::milliseconds pause_recheck{std::chrono::seconds{2}};
};

/// A provider as the caller sees it now (circuit, rate, global pause).
struct provider_view {
  std::string name;
  /// It admits from this moment on (at or before now: now); nothing = nobody knows when.
  std::optional<wall_time> admits_from{};
  /// Its retry budget allows a message that it has had before in an earlier round.
  bool may_repeat = true;
  /// It has said lately that it cannot send to this region: used only where no other is
  /// left.
  bool comes_last = false;
  /// An operator has lifted the pauses that it asked for before this moment.
  wall_time lifted_at{};
};

enum class still_wanted : std::uint8_t {
  wanted,
  gone,    ///< The code has expired, was used, is unknown, or two newer ones exist.
  unknown, ///< The code cache cannot be asked.
};

struct delivery_input {
  wall_time now{};
  /// Nothing is sent before this, unless a try has just ended. Pass `now` to end a
  /// `no_provider` wait early, when a provider admits again.
  wall_time run_at{};
  wall_time expires_at{};
  delivery_progress progress;
  /// Those that take the number, in order of preference.
  std::span<const provider_view> providers;
  still_wanted wanted = still_wanted::wanted;
  /// The outcome of the try that has just ended, if any; pass each outcome once.
  std::optional<outcome_class> outcome{};
  std::string_view outcome_provider{};
  std::chrono::milliseconds retry_after{0}; ///< Of that outcome.
  wall_time outcome_at{};                   ///< When it came: `now` may be later.
};

struct send_now {
  std::string provider;

  bool operator==(const send_now&) const = default;
};

enum class wait_reason : std::uint8_t {
  scheduled,         ///< `run_at` lies ahead.
  next_round,        ///< Backoff between rounds.
  no_provider,       ///< None admits; not an attempt.
  cache_unreachable, ///< Not an attempt.
  awaits_receipt,    ///< Only a receipt can still end it before it expires.
};

struct wait_until {
  wall_time time{}; ///< After now, at most `expires_at`.
  wait_reason reason = wait_reason::next_round;

  bool operator==(const wait_until&) const = default;
};

enum class final_state : std::uint8_t { delivered, expired, dead };

enum class finish_reason : std::uint8_t {
  accepted,      ///< delivered
  code_expired,  ///< expired: `expires_at` has come.
  no_time_left,  ///< expired: the next try would lie at or after `expires_at`.
  not_wanted,    ///< expired
  rejected,      ///< dead
  unreachable,   ///< dead: every provider said that it cannot send to this number.
  tries_used_up, ///< dead: `max_total_tries`
};

struct finish {
  final_state state = final_state::expired;
  finish_reason why = finish_reason::code_expired;

  bool operator==(const finish&) const = default;
};

struct delivery_decision {
  std::variant<send_now, wait_until, finish> action;
  delivery_progress progress; ///< From now on; store it with the row.
};

[[nodiscard]] std::string_view to_string(wait_reason reason);
[[nodiscard]] std::string_view to_string(final_state state);
[[nodiscard]] std::string_view to_string(finish_reason reason);

/// The one place that decides what happens next to a stored message. A pure function but
/// for `random`, which gives the jitter.
///
/// - Delivered ends it, even when late; rejected is dead at once; nothing is sent at or
///   after `expires_at`; not wanted = expired; cache unreachable = decide again later,
///   nothing counted.
/// - After a failed try (down, ambiguous, throttled) it goes at once to the first
///   admitting provider that this round has not tried. When none is left the next round
///   starts after `min(cap, base · multiplierⁿ) · U(1 − f, 1 + f)`, n = the round that
///   ended, from 0: cap first, then jitter, so that delays at the cap are jittered,
///   too. After `max_rounds` rounds the nominal delay is the cap. The moment is drawn
///   once for each round, so a provider that admits again and again cannot postpone it.
///   A provider of this round that admits earlier goes first. A provider that had the
///   message in an earlier round gets it again only while its retry budget lasts.
/// - Retry-After holds back that provider for this message, by up to 10 % more than
///   asked; the others are tried. A try that was refused for rate is part of the round,
///   but not of `total_tries`. A pause of the provider that an operator has lifted
///   since holds nothing back; while it may be lifted the message does not expire
///   because of it, and is decided anew each `pause_recheck`.
/// - A provider that cannot send to this number is not asked again for this message; when
///   all of them have said so the message is dead.
/// - When the next round, or every provider's Retry-After for this number, lies at or
///   after `expires_at`, the message has expired. A provider that does not admit is
///   waited for until expiry.
[[nodiscard]] delivery_decision decide_delivery(const delivery_input& input,
                                                const delivery_rules& rules,
                                                random_source& random);

} // namespace tinybook
