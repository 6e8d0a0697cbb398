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
/// tests/actors/codes holds them to it.
///
/// **Sends.** Two sends lie at least `cooldown` apart. A code *lives* from its issue
/// until it expires, is used, or two newer codes were issued: the last two both verify,
/// so a resend does not kill a code that is still on its way. A success *holds* the phone
/// and purpose for at most `hold`: nobody else gets at its codes meanwhile. What the code
/// was entered for either consumes every code of the state or lets go of it.
///
/// **Tries.** Only wrong tries count, and only while a code lives. One wrong try is a try
/// at every code that it is charged to, and a code without tries left is not compared.
/// - The *asker* holds the cookie of a live code that has asker's tries left. It may
///   enter either live code. A wrong try costs one at each live code that it asked for.
///   Nothing that others do changes these tries, so nobody can lock it out.
/// - Everybody else, above all a client without cookies, is one of the *others*: together
///   3 wrong tries per send, and over all sends 10 a day per phone and purpose. A resend
///   gives new tries for the new code, but does not refill the day.
/// - An asker whose tries are spent is one of the others for a code that it did not ask
///   for; its own code it may not try any more.
/// **Replacement.** A code whose message was reported lost is replaced in its place: the
/// new one has its asker, its expiry and the tries that it has left, and it verifies no
/// more. No cooldown begins, and nothing is refilled.
///
/// So in one day window a phone and purpose takes at most 3 × sends + 10 wrong tries.
///
/// **The day** is a window of 24 h that opens with the first counted wrong try of the
/// others (what INCR with EXPIRE does in Redis); two windows may touch.
struct code_rules {
  std::chrono::milliseconds valid{0};
  std::chrono::milliseconds cooldown{0}; ///< 0 = off.
  int tries_per_send = 0;                ///< At least 1.
  int others_per_send = 0;               ///< At least 1.
  int others_per_day = 0;                ///< 0 = no limit but that of each send.
  std::chrono::milliseconds day{std::chrono::hours{24}};
  /// How long a code that was entered rightly is held for what it was entered for.
  std::chrono::milliseconds hold{std::chrono::seconds{15}};
};

/// A code to be issued; what is missing of a `live_code` follows from the rules.
struct new_code {
  std::int64_t code_id = 0;
  std::string hash;
  std::string key_id;
  std::string asker; ///< Empty = the client takes no cookie; then only "others" can try.
};

/// What somebody entered, hashed with one of the keys that live codes may have.
struct candidate_hash {
  std::string key_id;
  std::string hash;
};

enum class verify_outcome : std::uint8_t {
  accepted,
  wrong,          ///< Counted.
  no_live_code,   ///< Nothing to compare with; not counted.
  too_many_tries, ///< A code lives, but this client may not try any more; not compared.
  held, ///< Another request has entered it rightly and is not through; not compared.
};

[[nodiscard]] std::string_view to_string(verify_outcome outcome);

struct verify_verdict {
  verify_outcome outcome = verify_outcome::no_live_code;
  std::vector<std::int64_t> matched; ///< Ids of the codes that were entered, if accepted.
  /// With `too_many_tries` and `held`: when it is worth to come back; 0 = at once (ask
  /// for a new code).
  std::chrono::milliseconds retry_after{0};
};

struct verified_state {
  verify_verdict verdict;
  code_state state; ///< What the state is from now on; commit it before answering.
};

/// The state after the send of `code` at `now`, or `send_cooldown` with Retry-After.
[[nodiscard]] result<code_state> issue(code_state state, wall_time now, new_code code,
                                       const code_rules& rules);

/// The state after `code` took the place of the live code `replaced`; its asker is not
/// looked at. Fails with `wrong_state` where that one does not live.
[[nodiscard]] result<code_state> replace(code_state state, wall_time now,
                                         std::int64_t replaced, new_code code);

/// Tries a code. `candidates` are the hashes of what was entered, one per key id that may
/// be in use; compares take constant time. `asker` is the id in a valid cookie, else
/// empty.
[[nodiscard]] verified_state verify(code_state state, wall_time now,
                                    std::span<const candidate_hash> candidates,
                                    std::string_view asker, const code_rules& rules);

/// The state once `matched`, which were entered rightly, are used: no code of it lives.
/// The same state where none of them is there any more.
[[nodiscard]] code_state consume(code_state state, std::span<const std::int64_t> matched);

/// Is the code still of use: false when it has expired, was used, is unknown, or two
/// newer ones were issued.
[[nodiscard]] bool wanted(const code_state& state, std::int64_t code_id, wall_time now);

/// Takes back a code whose message could not be stored: it is as if it had not been sent.
/// The code that it displaced lives again, and the cooldown is lifted (it had passed when
/// the code was issued). A replacement gives its place back to what it replaced. Wrong
/// tries made meanwhile stay. An unknown id changes nothing.
[[nodiscard]] code_state withdraw(code_state state, std::int64_t code_id);

/// The last moment at which a code of this state lives; 0 = there is none.
[[nodiscard]] wall_time live_until(const code_state& state);

/// From this moment on the state can be forgotten: no code lives, the cooldown and the
/// day of the others are over.
[[nodiscard]] wall_time matters_until(const code_state& state, const code_rules& rules);

/// May the state be forgotten at `now`?
[[nodiscard]] bool expired_entirely(const code_state& state, wall_time now,
                                    const code_rules& rules);

} // namespace tinybook
