#pragma once

#include "storage/audit_event.hpp"
#include "storage/result.hpp"
#include "storage/session_family.hpp"
#include "storage/session_store.hpp"
#include "storage/support/kill_point.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <vector>

/// Whether an account may be entered and what is seen of it: bans, deletions and their
/// grace, articles that are taken down. What is hidden keeps its public copy aside
/// (`hidden_articles`) and is off the boards; it comes back where nothing hides it any
/// more: neither its own state nor that of its author.
namespace tinybook::storage {

/// An operator bans an account: its sessions end, its articles are hidden, a log-in is
/// refused. Returns those sessions. Fails with `user_not_found`; `wrong_state` where it
/// is banned already.
struct ban_account {
  using reply = family_list;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  user_id user = 0;
  wall_time now{};
  audit_source from{};
};
result<family_list> run(handle& db, const ban_account& command);

/// Takes the ban back; the articles come back, the sessions do not. Fails with
/// `user_not_found`; `wrong_state` where it is not banned.
struct lift_ban {
  using reply = done;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  user_id user = 0;
  wall_time now{};
  audit_source from{};
};
result<done> run(handle& db, const lift_ban& command);

/// An operator takes an article down, whether it is published or not: it is hidden, and
/// cannot be published until it is put back. Fails with `article_not_found`;
/// `wrong_state` where it is taken down already.
struct take_article_down {
  using reply = done;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  article_id id = 0;
  wall_time now{};
  audit_source from{};
};
result<done> run(handle& db, const take_article_down& command);

/// Fails with `article_not_found`; `wrong_state` where it is not taken down.
struct put_article_back {
  using reply = done;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  article_id id = 0;
  wall_time now{};
  audit_source from{};
};
result<done> run(handle& db, const put_article_back& command);

/// A person asks for the deletion of their account: all sessions end and the articles are
/// hidden at once; it is erased from `erase_at` on. Returns those sessions. Fails with
/// `step_up_required`, `token_revoked`, `user_not_found`.
struct request_deletion {
  using reply = family_list;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  user_id user = 0;
  step_up_proof proof;
  wall_time now{};
  wall_time erase_at{};
  audit_source from{};
};
result<family_list> run(handle& db, const request_deletion& command);

/// A log-in within the grace: takes the deletion back, where one was asked for, and opens
/// the session with it, so that the trail tells which log-in it was. Fails as that does;
/// then nothing is taken back.
struct restore_account {
  using reply = opened_family;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  create_family opening;
};
result<opened_family> run(handle& db, const restore_account& command);

struct user_ids {
  std::vector<user_id> users;
};

/// Whose grace is over.
struct list_due_erasures {
  using reply = user_ids;
  static constexpr bool writes = false;
  wall_time now{};
  std::int64_t limit = 10;
};
result<user_ids> run(handle& db, const list_due_erasures& command);

struct erasure_step {
  bool finished = false;
};

/// One step of erasing an account, each its own transaction; to be repeated until it has
/// finished, by whichever replica, also after a crash. The first takes all that tells who
/// it was: phone, e-mail, name, birthday, about-me, password, sessions with their devices
/// and networks, the SMS to the phone, addresses in the trail. Then, `limit` at a time,
/// likes and collections are taken back and articles deleted, as their owner would. The
/// last leaves the bare id (`erased_users`). Finished at once where the account is gone.
/// Fails with `wrong_state` where the deletion was taken back, or is not due at `now`.
struct erase_account {
  using reply = erasure_step;
  static constexpr bool writes = true;
  static constexpr commit_kill_points kill_points{"before_erasure", "after_erasure"};
  static constexpr bool emits_events = true;
  user_id user = 0;
  wall_time now{};
  std::int64_t limit = 100;
};
result<erasure_step> run(handle& db, const erase_account& command);

// Who needs which of them.

/// A log-in.
struct restoring_commands : commands<restore_account> {};
/// What a person and an operator do with an account.
struct account_commands : commands<ban_account, lift_ban, request_deletion> {};
/// What an operator does with articles.
struct moderation_commands : commands<take_article_down, put_article_back> {};
/// The upkeep.
struct erasure_commands : commands<list_due_erasures, erase_account> {};

} // namespace tinybook::storage
