#pragma once

#include "actors/accounts/client_info.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/session_family.hpp"
#include "storage/session_store.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

/// What a log-in hands out. `device` is the value of the cookie `tb_device`, whose claim
/// `id` is the id of the browser; empty after a refresh, which leaves the cookie alone.
struct token_pair {
  user_id user = 0;
  std::string access;
  std::string refresh;
  std::string device;
  bool restored = false; ///< The deletion of the account was taken back by it.
  /// The account is: `access` is good for what its owner may ask for nevertheless, and
  /// there is no `refresh` and no `device`.
  bool banned = false;
};

/// Starts a family for a user who has just proved who it is. A browser that is not known
/// gets a new id. Of more than `sessions.max_per_person` the one that was used longest
/// ago ends. A code that was the proof is used up in the same transaction, or this fails
/// with `wrong_code`
/// (`storage::code_use`). An account whose deletion was asked for is restored with it.
/// Who is banned gets a session that is good for little and not for long
/// (`token_kind::banned`). Fails with `user_not_found`; `wrong_credentials` where the
/// password is another one since. A request that was sent again (`client_info::once`)
/// gets the session of the other, or `token_revoked` where that was ended or renewed
/// since.
struct open_session {
  using reply = token_pair;
  user_id user = 0;
  client_info client; ///< `device` and `once` of it, and what its owner sees of it.
  std::optional<storage::code_use> code{};
  /// Of the account when its password was looked at: it is still that one.
  std::optional<storage::device_epoch> seen{};
};

/// The session that the request `once` has opened, on whichever replica, less than
/// `sent_again_within` ago. Fails with `token_revoked` where there is none, or where it
/// was ended or renewed since.
struct find_opened_session {
  using reply = token_pair;
  user_id user = 0;
  std::string device;
  std::string once;
};

struct browser_known {
  std::string device; ///< The value of the cookie `tb_device`.
};

/// Makes the browser of who has just proved who it is, but logs in to nothing by it,
/// known to the account since the password of `epoch`. One without an id gets a new one.
struct know_browser {
  using reply = browser_known;
  user_id user = 0;
  std::string device; ///< `client_info::device`.
  storage::device_epoch epoch;
};

/// Trades a refresh token. Fails with `token_invalid`, `token_expired`, `token_revoked`,
/// `token_reused`.
struct refresh_session {
  using reply = token_pair;
  std::string refresh_token;
  storage::audit_source from{};
};

/// What a person sees of one of their sessions.
struct session_shown {
  std::string id;
  std::string device;     ///< In words; empty = not known.
  std::string network;    ///< Where it was last used from; empty = not known.
  wall_time created_at{}; ///< The epoch = not known.
  wall_time used_at{};    ///< The log-in, or the last renewal of its tokens.
};
struct session_list {
  std::vector<session_shown> sessions; ///< The last used one first.
};
struct list_sessions {
  using reply = session_list;
  user_id user = 0;
};

/// Ends one of the person's own, as a log-out does; another one than that of who asks
/// only with a proof, else a thief ended them one by one. One that has ended is ended.
/// Fails with `session_not_found` where it never was theirs, `step_up_required`,
/// `token_revoked`.
struct end_own_session {
  using reply = done;
  user_id user = 0;
  std::string id;
  std::string family; ///< Of who asks.
  storage::audit_source from{};
};

/// Ends all of the person's own but that of the proof. Fails with `step_up_required`,
/// `token_revoked`.
struct end_other_sessions {
  using reply = done;
  user_id user = 0;
  std::string family; ///< Of who asks.
  storage::audit_source from{};
};

/// An access token of this generation was shown here for the first time, as far as the
/// ingress remembers. Nobody waits for it: if a crash loses it, the next request that
/// shows the token reports it again.
struct token_shown {
  using reply = void;
  std::string family;
  std::int64_t generation = 0;
};

/// Log-out: revokes the family for good; on this replica before the answer.
struct close_session {
  using reply = done;
  std::string family;
  storage::audit_source from{};
};

/// The store has revoked these families, in the transaction of what required it (a new
/// password): makes it known as a log-out does, before the answer.
struct spread_revocations {
  using reply = done;
  std::vector<storage::session_family> families;
};

/// Pushed to the ingress, which refuses the family's access tokens from its answer on. It
/// may forget the entry at `until`, when the last access token has expired.
struct session_revoked {
  using reply = done;
  std::string family;
  wall_time until{};
};

} // namespace tinybook
