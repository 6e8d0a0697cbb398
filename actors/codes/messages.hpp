#pragma once

#include "actors/accounts/client_info.hpp"
#include "actors/codes/code_rules.hpp"
#include "storage/code_state.hpp"
#include "storage/errc.hpp"
#include "storage/sms_message.hpp"
#include "storage/support/language.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct code_sent {
  std::string asker; ///< For the cookie `tb_sms`, which shows who asked for this code.
};

/// Sends a code. Answered when the message is committed. Fails with `invalid_field`,
/// `no_sms_route`, `send_cooldown` (checked before `sms_pending`), `rate_limited`,
/// `sms_pending`, `codes_full`, `unavailable`, `verdict_denied`.
struct send_code {
  using reply = code_sent;
  std::string phone; ///< As typed.
  std::string purpose;
  client_info client;
  /// Of the caller; without it that of the number (`language_of`).
  std::optional<language> lang{};
  user_id account = 0; ///< Whose it is: only they can enter it; 0 = whoever has it.
};

struct code_resent {
  bool sent = false;
};

/// A provider has reported that a code did not arrive: while that code is still wanted,
/// a new one for the same phone and purpose goes out through another provider. It
/// belongs to the same browser, expires with the old one, counts against no further
/// limit and has the tries that the old one has left. Skipped without an error (`sent`
/// false) when the old code is not wanted any more or another message is pending.
struct resend_code {
  using reply = code_resent;
  storage::sms_message lost; ///< The row with the negative report.
  std::string provider;      ///< The one that reported it; the others come first.
};

/// A code that was entered correctly and is held for the one who entered it, until it is
/// settled or the hold runs out (`code_rules::hold`).
struct code_ticket {
  storage::code_use use;   ///< For the transaction of what the code was entered for.
  std::int64_t number = 0; ///< Distinguishes it from other holds of the same codes.
};

/// The part of a transaction that uses up the code of `ticket`, if there is one.
[[nodiscard]] inline std::optional<storage::code_use>
use_of(const std::optional<code_ticket>& ticket) {
  return ticket ? std::optional{ticket->use} : std::nullopt;
}

struct verified_phone {
  std::string phone; ///< E.164.
  /// To be settled; nothing with a test number, which has no code to use up.
  std::optional<code_ticket> ticket{};
  /// This very request has used its code up, and what it was entered for is done.
  bool done_before = false;
};

/// Checks a code that was entered, and holds it if it is right. Fails with
/// `invalid_field`, `wrong_code`, `too_many_tries`, `unavailable` (also while another
/// request holds the code).
/// A request that was sent again (`client_info::once`) waits for the other, and is told
/// that it was done before.
struct check_code {
  using reply = verified_phone;
  std::string phone; ///< As typed.
  std::string purpose;
  std::string code; ///< As typed.
  client_info client;
  user_id account = 0; ///< Of who enters it; see `send_code`.
};

/// Tells the cache what became of a held code. The store decides what is used up, before
/// this is sent; where it never arrives, the next try finds out.
struct settle_code {
  using reply = done;
  code_ticket ticket;
  bool used = false; ///< Used up in the store; if not, it can be entered again.
};

struct code_issued {
  /// To be committed together with the message; nothing where the cache has stored it
  /// itself (Redis).
  std::optional<storage::keyed_code_state> to_store;
};

/// Reserves a new code: in a local cache it cannot be entered before `confirm_code`,
/// and `withdraw_code` takes it back. Fails with `send_cooldown`, `codes_full`. Where
/// `replaces` is set the new code takes the place of that live one, whose message was
/// lost: no cooldown, and the asker, the expiry and the remaining tries of the old
/// code. Fails with `wrong_state` where the old one does not live.
struct issue_code {
  using reply = code_issued;
  code_key key;
  new_code code;
  code_id replaces = 0;
};

/// The message is committed, and the state of its code with it: the code lives. A cache
/// that does not know it (it has crashed in between) reads what was committed.
struct confirm_code {
  using reply = void;
  code_key key;
  code_id code = 0;
};

/// The message could not be stored: it is as if the code had not been issued.
struct withdraw_code {
  using reply = done;
  code_key key;
  code_id code = 0;
};

struct code_verdict {
  verify_verdict verdict;
};

/// Tries a code; a wrong try is committed before the answer. A right code is held under
/// the number `ticket` until `settle_code`.
struct try_code {
  using reply = code_verdict;
  code_key key;
  std::vector<candidate_hash> candidates; ///< One for each key that may be in use.
  std::string asker;
  std::int64_t ticket = 0;
};

struct code_wanted_answer {
  bool wanted = false;
};

/// Whether a stored message is still worth sending: not where its code has expired, was
/// used, or two newer ones exist. Asked before every attempt.
struct is_code_wanted {
  using reply = code_wanted_answer;
  code_key key;
  code_id code = 0;
};

} // namespace tinybook
