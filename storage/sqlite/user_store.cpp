#include "storage/sqlite/user_store.hpp"

#include "storage/sqlite/article_rows.hpp"
#include "storage/sqlite/code_rows.hpp"
#include "storage/sqlite/phone_rows.hpp"
#include "storage/sqlite/session_rows.hpp"

namespace tinybook::storage::sqlite {

namespace {

constexpr auto insert_with_email = R"sql(
INSERT INTO users (email, password_hash, created_at) VALUES (?, ?, ?)
ON CONFLICT (email) DO NOTHING)sql";

constexpr auto insert_with_phone =
    "INSERT INTO users (phone, created_at) VALUES (?, ?) ON CONFLICT (phone) DO NOTHING";

constexpr auto select_by_id = R"sql(
SELECT id, email, phone, password_hash, nickname, birthday, about_me, created_at
FROM users WHERE id = ?)sql";

constexpr auto select_by_email = R"sql(
SELECT id, email, phone, password_hash, nickname, birthday, about_me, created_at
FROM users WHERE email = ?)sql";

constexpr auto select_by_phone = R"sql(
SELECT id, email, phone, password_hash, nickname, birthday, about_me, created_at
FROM users WHERE phone = ?)sql";

constexpr auto update_phone = "UPDATE OR IGNORE users SET phone = ? WHERE id = ?";

constexpr auto update_password_hash = "UPDATE users SET password_hash = ? WHERE id = ?";

constexpr auto update_profile =
    "UPDATE users SET nickname = ?, birthday = ?, about_me = ? WHERE id = ?";

constexpr auto replace_password_hash =
    "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?";

user read_user(row& r) {
  return {.id = r.number(),
          .email = r.text(),
          .phone = r.text(),
          .password_hash = r.text(),
          .nickname = r.text(),
          .birthday = r.text(),
          .about_me = r.text(),
          .created_at = r.time()};
}

result<user> found_or(result<std::optional<user>> found, errc absent) {
  if (!found)
    return found.error();
  if (!*found)
    return absent;
  return std::move(**found);
}

} // namespace

result<user> sqlite_user_store::run(const create_user& command) {
  return db_.transact([&]() -> result<user> {
    auto added = db_.exec(insert_with_email, optional_text{command.email},
                          command.password_hash, command.now);
    if (!added)
      return added.error();
    if (*added == 0)
      return errc::email_taken;
    return run(find_user{db_.last_id()});
  });
}

result<user> sqlite_user_store::run(const find_user& command) {
  return found_or(db_.one(select_by_id, read_user, command.id), errc::user_not_found);
}

result<user> sqlite_user_store::run(const find_user_by_email& command) {
  return found_or(db_.one(select_by_email, read_user, command.email),
                  errc::user_not_found);
}

result<user> sqlite_user_store::run(const claim_phone_account& command) {
  return db_.transact([&]() -> result<user> {
    if (auto added =
            db_.exec(insert_with_phone, optional_text{command.phone}, command.now);
        !added)
      return added.error();
    if (auto noted = note_phone_verified(db_, command.phone, command.now); !noted)
      return noted.error();
    return found_or(db_.one(select_by_phone, read_user, command.phone), errc::internal);
  });
}

result<done> sqlite_user_store::run(const edit_user& command) {
  return db_.transact([&]() -> result<done> {
    auto before = run(find_user{command.id});
    if (!before)
      return before.error();
    const auto nickname = command.nickname.value_or(before->nickname);
    if (auto written = db_.exec(update_profile, nickname,
                                command.birthday.value_or(before->birthday),
                                command.about_me.value_or(before->about_me), command.id);
        !written)
      return written.error();
    if (before->nickname == nickname)
      return done{};
    return rename_author(db_, command.id, nickname, command.now);
  });
}

result<done> sqlite_user_store::run(const upgrade_password_hash& command) {
  auto replaced =
      db_.exec(replace_password_hash, command.replacement, command.id, command.expected);
  if (!replaced)
    return replaced.error();
  if (*replaced == 0)
    return errc::wrong_state;
  return done{};
}

result<user> sqlite_user_store::run(const find_user_by_phone& command) {
  return found_or(db_.one(select_by_phone, read_user, optional_text{command.phone}),
                  errc::user_not_found);
}

result<done> sqlite_user_store::run(const bind_phone& command) {
  return db_.transact([&]() -> result<done> {
    if (auto owner = run(find_user{command.id}); !owner)
      return owner.error();
    auto bound = db_.exec(update_phone, optional_text{command.phone}, command.id);
    if (!bound)
      return bound.error();
    if (*bound == 0)
      return errc::phone_taken;
    if (auto noted = note_phone_verified(db_, command.phone, command.now); !noted)
      return noted;
    return use_code(db_, command.code);
  });
}

result<family_list> sqlite_user_store::run(const set_password& command) {
  return db_.transact([&]() -> result<family_list> {
    auto owner = run(find_user{command.id});
    if (!owner)
      return owner.error();
    if (command.expected && owner->password_hash != *command.expected)
      return errc::wrong_state;
    if (auto written = db_.exec(update_password_hash, command.password_hash, command.id);
        !written)
      return written.error();
    auto revoked = revoke_families_of(db_, command.id, command.now);
    if (auto used = use_code(db_, command.code); !used)
      return used.error();
    return revoked;
  });
}

} // namespace tinybook::storage::sqlite
