#pragma once

#include "storage/account_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/code_store.hpp"
#include "storage/phone_store.hpp"
#include "storage/session_store.hpp"
#include "storage/sms_outbox.hpp"
#include "storage/user_store.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tinybook::test {

/// What the stores of identity and codes promise, in memory: for tests under virtual
/// time, where nothing may wait for a disk. What is committed stands in the members.
class memory_stores {
 public:
  result<storage::user> run(const storage::create_user&);
  result<storage::user> run(const storage::find_user&);
  result<storage::profile> run(const storage::find_profile&);
  result<storage::user> run(const storage::find_user_by_email&);
  result<storage::user> run(const storage::claim_phone_account&);
  result<done> run(const storage::edit_user&);
  result<done> run(const storage::upgrade_password_hash&);
  result<storage::user> run(const storage::find_user_by_phone&);
  result<done> run(const storage::bind_phone&);
  result<storage::password_set> run(const storage::set_password&);

  result<storage::family_list> run(const storage::ban_account&);
  result<done> run(const storage::lift_ban&);
  result<storage::family_list> run(const storage::request_deletion&);
  result<storage::opened_family> run(const storage::restore_account&);
  result<done> run(const storage::note_audit&);

  result<storage::phone_use> run(const storage::find_phone_use&);
  result<storage::code_entered> run(const storage::was_code_entered&);
  result<storage::verified_shares> run(const storage::count_verified&);

  result<storage::opened_family> run(const storage::create_family&);
  result<storage::family_list> run(const storage::list_user_families&);
  result<done> run(const storage::revoke_own_family&);
  result<storage::known_family> run(const storage::find_family&);
  result<storage::rotation_outcome> run(const storage::rotate_family&);
  result<done> run(const storage::note_family_shown&);
  result<done> run(const storage::revoke_family&);
  result<storage::family_list> run(const storage::revoke_other_families&);
  result<done> run(const storage::prove_session&);
  result<done> run(const storage::find_proof&);
  result<storage::family_list> run(const storage::revoked_families&);
  result<storage::removed_count> run(const storage::remove_expired_families&);

  result<done> run(const storage::save_code_state&);
  result<storage::code_states> run(const storage::load_code_states&);
  result<storage::live_codes> run(const storage::find_live_codes&);
  result<storage::removed_states> run(const storage::remove_code_states&);
  result<storage::submitted_message> run(const storage::submit_message&);

  std::vector<storage::user> users; ///< In the order of their ids, from 1.
  std::map<std::string, storage::session_family> families;
  std::map<code_key, storage::keyed_code_state> codes;
  std::set<std::string> verified_phones;
  std::vector<storage::code_use> used; ///< Each, in order.
  storage::verified_shares shares;     ///< What `count_verified` answers.
  std::vector<storage::submit_message> submitted;
  bool pending = false; ///< Whether each message makes the next one a duplicate.
  /// The messages whose codes were not used yet.
  std::map<code_key, std::vector<storage::code_row>> messages;

  std::set<user_id> banned;
  std::set<std::string> opened_banned; ///< Families, while the account was.
  std::set<user_id> leaving;
  std::set<std::string> restoring; ///< The families that took a deletion back.
  std::vector<storage::sms_message> notices;
  std::vector<storage::audit_event> audit; ///< What `note_audit` has written.

  /// Ends every session of `user`; those that had not ended.
  storage::family_list revoke_all(user_id user, wall_time now);

  /// What a transaction does that uses up a code.
  result<done> use(const std::optional<storage::code_use>& use);

 private:
  [[nodiscard]] storage::device_epoch epoch_of(user_id user) const;
  template <class Matches>
  result<storage::user> find(Matches matches) const;
};

} // namespace tinybook::test
