#pragma once

#include "actors/accounts/client_info.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/session_family.hpp"
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
};

/// Starts a family for a user who has just proved who it is. `device` is the id of the
/// browser where it is known, else empty: a new one is made. A code that was the proof is
/// used up in the same transaction, or this fails with `wrong_code`
/// (`storage::code_use`). A request that was sent again (`client_info::once`) gets the
/// session of the other, or `token_revoked` where that was ended or renewed since.
struct open_session {
  using reply = token_pair;
  user_id user = 0;
  std::string device;
  std::optional<storage::code_use> code{};
  std::string once{};
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

/// Trades a refresh token. Fails with `token_invalid`, `token_expired`, `token_revoked`,
/// `token_reused`.
struct refresh_session {
  using reply = token_pair;
  std::string refresh_token;
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
