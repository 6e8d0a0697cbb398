#pragma once

#include "storage/code_state.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// The rules of SMS codes as pure functions over the state of one phone and purpose.
/// Every code cache (local, Redis) follows them; the conformance suite in
/// tests/actors/codes verifies that.
///
/// **Sends.** Two sends are at least `cooldown` apart. A code *lives* from its issue
/// until it expires, is used, or two newer codes were issued: the last two can both be
/// entered, so that a resend does not end a code that is still on its way. The newest
/// code of an asker (see below) lives on for that one alone, so that others who ask for
/// codes of the same phone do not end it; only when 12 newer ones were issued is it given
/// up, which takes limits of sends wider than the default ones. A right code is *held*
/// with its phone and purpose for at most `hold`: meanwhile nobody else can use its
/// codes. The action for which the code was entered then either uses up every code of the
/// state or releases them.
///
/// **Tries.** Only wrong tries count, and only while a code lives. One wrong try may
/// be charged to both live codes, and a code without tries left is not compared.
/// - The *asker* holds the cookie of a live code that has asker's tries left. It may
///   enter that one and the last two. A wrong try costs one at each live code that it
///   asked for.
///   Nothing that others do changes these tries, so nobody can lock it out.
/// - Everybody else, above all a client without cookies, is one of the *others*:
///   together they have 3 wrong tries per send, and over all sends 10 a day per phone
///   and purpose. A resend gives new tries for the new code, but does not refill the
///   day.
/// - An asker whose tries are spent is one of the others for a code that it did not ask
///   for; it may not try its own code any more.
///
/// So in one day window a phone and purpose takes at most 3 × sends + 10 wrong tries.
///
/// **Replacement.** A code whose message was reported lost is replaced in its place:
/// the new one has its asker, its expiry and its remaining tries; the old one can no
/// longer be entered. No cooldown begins, and nothing is refilled.
///
/// **The day** is a window of 24 h that opens with the first counted wrong try of the
/// others (as INCR with EXPIRE does in Redis); two windows may touch.
struct code_rules {
  std::chrono::milliseconds valid{0};
  std::chrono::milliseconds cooldown{0}; ///< 0 = off.
  int tries_per_send = 0;                ///< At least 1.
  int others_per_send = 0;               ///< At least 1.
  int others_per_day = 0;                ///< 0 = no limit but that of each send.
  std::chrono::milliseconds day{std::chrono::hours{24}};
  /// How long a code that was entered correctly is held for its action.
  std::chrono::milliseconds hold{std::chrono::seconds{15}};
};

/// A code to be issued; the rest of a `live_code` follows from the rules.
struct new_code {
  std::int64_t code_id = 0;
  std::string hash;
  std::string key_id;
  std::string asker; ///< Empty = the client takes no cookie; only the others can try.
};

/// An entered code, hashed with one of the keys that live codes may have.
struct candidate_hash {
  std::string key_id;
  std::string hash;
};

enum class verify_outcome : std::uint8_t {
  accepted,
  wrong,          ///< Counted.
  no_live_code,   ///< Nothing to compare with; not counted.
  too_many_tries, ///< A code lives, but this client may not try any more; not compared.
  held, ///< Another request has entered a right code and is not done; not compared.
};

[[nodiscard]] std::string_view to_string(verify_outcome outcome);

struct verify_verdict {
  verify_outcome outcome = verify_outcome::no_live_code;
  std::vector<std::int64_t> matched; ///< Ids of the codes that were entered, if accepted.
  /// With `too_many_tries` and `held`: when to try again; 0 = at once, with a new code.
  std::chrono::milliseconds retry_after{0};
};

struct verified_state {
  verify_verdict verdict;
  code_state state; ///< The new state; commit it before answering.
};

/// The state after the send of `code` at `now`, or `send_cooldown` with Retry-After.
[[nodiscard]] result<code_state> issue(code_state state, wall_time now, new_code code,
                                       const code_rules& rules);

/// The state after `code` took the place of the live code `replaced`; `code.asker` is
/// ignored. Fails with `wrong_state` where `replaced` does not live.
[[nodiscard]] result<code_state> replace(code_state state, wall_time now,
                                         std::int64_t replaced, new_code code);

/// Tries a code. `candidates` are the hashes of what was entered, one for each key that
/// may be in use; comparisons take constant time. `asker` is the id in a valid cookie,
/// else empty.
[[nodiscard]] verified_state verify(code_state state, wall_time now,
                                    std::span<const candidate_hash> candidates,
                                    std::string_view asker, const code_rules& rules);

/// The state after the codes `matched` were used: no code of it lives. The same state
/// where it has none of them any more.
[[nodiscard]] code_state consume(code_state state, std::span<const std::int64_t> matched);

/// Whether a message with the code is still to be sent: not when it has expired, was
/// used, is unknown, or two newer ones were issued.
[[nodiscard]] bool wanted(const code_state& state, std::int64_t code_id, wall_time now);

/// Takes back a code whose message could not be stored, as if it had not been sent. The
/// code that it displaced lives again, and the cooldown is lifted (it had passed when the
/// code was issued). After a replacement the replaced code is back in its place. Wrong
/// tries made meanwhile stay counted. An unknown id changes nothing.
[[nodiscard]] code_state withdraw(code_state state, std::int64_t code_id);

/// When the last code of this state ends; 0 = there is none.
[[nodiscard]] wall_time live_until(const code_state& state);

/// From this moment on the state can be dropped: no code lives, the cooldown and the
/// day of the others are over.
[[nodiscard]] wall_time matters_until(const code_state& state, const code_rules& rules);

/// Whether the state can be dropped at `now`.
[[nodiscard]] bool expired_entirely(const code_state& state, wall_time now,
                                    const code_rules& rules);

} // namespace tinybook
