#include "storage/user_store.hpp"

#include "storage/handle.hpp"
#include "storage/joined_sql.hpp"
#include "storage/shared_steps.hpp"
#include "storage/support/text.hpp"

#include <utility>

namespace tinybook::storage {

namespace {

/// As `read_user` reads them.
constexpr sql_part user_columns =
    "id, email, phone, password_hash, nickname, birthday, about_me, created_at, "
    "device_epoch, banned_at";

constexpr auto insert_with_email = joined_sql<R"sql(
INSERT INTO users (email, password_hash, created_at) VALUES ($1, $2, $3)
ON CONFLICT (email) DO NOTHING
RETURNING )sql",
                                              user_columns>;

constexpr auto insert_with_phone = R"sql(
INSERT INTO users (phone, created_at) VALUES ($1, $2) ON CONFLICT (phone) DO NOTHING
)sql";

constexpr auto select_by_id =
    joined_sql<"SELECT ", user_columns, " FROM users WHERE id = $1">;

constexpr auto select_profile = R"sql(
SELECT email, phone, nickname, birthday, about_me, password_hash <> '', created_at,
  banned_at
FROM users WHERE id = $1)sql";

constexpr sql_part of_living_user = " FROM users WHERE id = $1 AND NOT erasing FOR ";
constexpr auto lock_by_id =
    joined_sql<"SELECT ", user_columns, of_living_user, "NO KEY UPDATE">;
// Waits for log-ins under way, and they for it.
constexpr auto lock_for_password =
    joined_sql<"SELECT ", user_columns, of_living_user, "UPDATE">;

constexpr auto select_by_email =
    joined_sql<"SELECT ", user_columns, " FROM users WHERE email = $1">;

constexpr auto select_by_phone =
    joined_sql<"SELECT ", user_columns, " FROM users WHERE phone = $1">;

constexpr auto update_phone = R"sql(
UPDATE users SET phone = $1
WHERE id = $2 AND NOT EXISTS (SELECT 1 FROM users WHERE phone = $1 AND id <> $2))sql";

// Those to a phone name nobody. They are the account's from when it got the phone.
constexpr auto claim_messages = joined_sql<R"sql(
UPDATE sms_messages SET account_id = $1
WHERE phone = $2 AND account_id = 0 AND state >= 2 AND )sql",
                                           of_present_owner>;

constexpr auto forget_verified = "DELETE FROM verified_phones WHERE phone = $1";

/// Device cookies end with the password.
constexpr auto update_password_hash = R"sql(
UPDATE users SET password_hash = $1, device_epoch = device_epoch + 1 WHERE id = $2)sql";

constexpr auto update_profile =
    "UPDATE users SET nickname = $1, birthday = $2, about_me = $3 WHERE id = $4";

constexpr auto replace_password_hash =
    "UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3";

user read_user(row& r) {
  return {.id = r.number(),
          .email = r.text(),
          .phone = r.text(),
          .password_hash = r.text(),
          .nickname = r.text(),
          .birthday = r.text(),
          .about_me = r.text(),
          .created_at = r.time(),
          .device_epoch = r.number(),
          .banned = r.number() != 0};
}

profile read_profile(row& r) {
  return {.email = r.text(),
          .phone = r.text(),
          .nickname = r.text(),
          .birthday = r.text(),
          .about_me = r.text(),
          .has_password = r.flag(),
          .created_at = r.time(),
          .banned = r.number() != 0};
}

template <class T>
result<T> found_or(result<std::optional<T>> found, errc absent) {
  if (!found)
    return found.error();
  if (!*found)
    return absent;
  return std::move(**found);
}

/// The account, locked until the transaction ends.
result<user> locked(handle& db, user_id id, const char* how = lock_by_id) {
  return found_or(db.one(how, read_user, id), errc::user_not_found);
}

/// What is kept by the phone that `user` leaves: the messages are theirs to see and to
/// have erased, and the next owner's phone is a new one.
result<done> leave_phone(handle& db, user_id user, const std::string& phone) {
  if (auto claimed = db.exec(claim_messages, user, phone); !claimed)
    return claimed.error();
  return as_done(db.exec(forget_verified, phone));
}

} // namespace

result<user> run(handle& db, const create_user& command) {
  return db.transact([&]() -> result<user> {
    auto added =
        found_or(db.one(insert_with_email, read_user, optional_text{command.email},
                        command.password_hash, command.now),
                 errc::email_taken);
    if (!added)
      return added;
    if (auto noted = record(db, {.at = command.now,
                                 .user = added->id,
                                 .kind = audit_kind::sign_up,
                                 .from = command.from,
                                 .detail = "email"});
        !noted)
      return noted.error();
    return added;
  });
}

result<user> run(handle& db, const find_user& command) {
  return found_or(db.one(select_by_id, read_user, command.id), errc::user_not_found);
}

result<profile> run(handle& db, const find_profile& command) {
  return found_or(db.one(select_profile, read_profile, command.id), errc::user_not_found);
}

result<user> run(handle& db, const find_user_by_email& command) {
  return found_or(db.one(select_by_email, read_user, command.email),
                  errc::user_not_found);
}

result<user> run(handle& db, const claim_phone_account& command) {
  return db.transact([&]() -> result<user> {
    auto added = db.exec(insert_with_phone, optional_text{command.phone}, command.now);
    if (!added)
      return added.error();
    if (auto noted = note_phone_verified(db, command.phone, command.now); !noted)
      return noted.error();
    auto found =
        found_or(db.one(select_by_phone, read_user, command.phone), errc::internal);
    if (!found || *added == 0)
      return found;
    if (auto noted = record(db, {.at = command.now,
                                 .user = found->id,
                                 .kind = audit_kind::sign_up,
                                 .from = command.from,
                                 .detail = "phone"});
        !noted)
      return noted.error();
    return found;
  });
}

result<done> run(handle& db, const edit_user& command) {
  return db.transact_alone([&]() -> result<done> {
    auto before = locked(db, command.id);
    if (!before)
      return before.error();
    const auto nickname = command.nickname.value_or(before->nickname);
    const auto birthday = command.birthday.value_or(before->birthday);
    const auto about_me = command.about_me.value_or(before->about_me);
    if (nickname == before->nickname && birthday == before->birthday
        && about_me == before->about_me)
      return done{};
    if (auto written = db.exec(update_profile, nickname, birthday, about_me, command.id);
        !written)
      return written.error();
    if (before->nickname == nickname)
      return done{};
    return rename_author(db, command.id, nickname, command.now);
  });
}

result<done> run(handle& db, const upgrade_password_hash& command) {
  auto replaced =
      db.exec(replace_password_hash, command.replacement, command.id, command.expected);
  if (!replaced)
    return replaced.error();
  if (*replaced == 0)
    return errc::wrong_state;
  return done{};
}

result<user> run(handle& db, const find_user_by_phone& command) {
  return found_or(db.one(select_by_phone, read_user, optional_text{command.phone}),
                  errc::user_not_found);
}

result<done> run(handle& db, const bind_phone& command) {
  return db.transact_alone([&]() -> result<done> {
    auto owner = locked(db, command.id);
    if (!owner)
      return owner.error();
    // Behind the lock: whoever ends the account's sessions has done so, or waits.
    if (auto proved = check_proof(db, command.id, command.proof); !proved)
      return proved;
    if (owner->phone != command.replaces)
      return errc::wrong_state;
    auto bound = db.exec(update_phone, optional_text{command.phone}, command.id);
    // Another account may take it between the check and the write.
    if (!bound && db.violated_unique())
      return errc::phone_taken;
    if (!bound)
      return bound.error();
    if (*bound == 0)
      return errc::phone_taken;
    if (auto noted = note_phone_verified(db, command.phone, command.now); !noted)
      return noted;
    if (!command.replaces.empty() && command.replaces != command.phone)
      if (auto left = leave_phone(db, command.id, command.replaces); !left)
        return left;
    if (command.notice)
      if (auto put = store_notice(db, *command.notice); !put)
        return put;
    if (auto noted = record(db, {.at = command.now,
                                 .user = command.id,
                                 .kind = audit_kind::phone_bound,
                                 .from = command.from,
                                 .detail = mask_phone(command.phone)});
        !noted)
      return noted;
    return use_code(db, command.code);
  });
}

result<password_set> run(handle& db, const set_password& command) {
  return db.transact_alone([&]() -> result<password_set> {
    auto owner = locked(db, command.id, lock_for_password);
    if (!owner)
      return owner.error();
    if (command.proof)
      if (auto proved = check_proof(db, command.id, *command.proof); !proved)
        return proved.error();
    if (command.phone && owner->phone != *command.phone)
      return errc::wrong_code;
    if (command.expected && owner->password_hash != *command.expected)
      return errc::wrong_state;
    if (auto written = db.exec(update_password_hash, command.password_hash, command.id);
        !written)
      return written.error();
    auto revoked = revoke_families_of(db, command.id, command.now);
    if (!revoked)
      return revoked.error();
    if (auto noted = record(db, {.at = command.now,
                                 .user = command.id,
                                 .kind = command.phone ? audit_kind::password_reset
                                                       : audit_kind::password_changed,
                                 .from = command.from});
        !noted)
      return noted.error();
    if (auto used = use_code(db, command.code); !used)
      return used.error();
    return password_set{
        std::move(revoked->families), {owner->device_epoch + 1}, owner->banned};
  });
}

} // namespace tinybook::storage
