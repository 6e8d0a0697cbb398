#include "storage/sqlite/session_store.hpp"

#include "storage/sqlite/code_rows.hpp"
#include "storage/sqlite/session_rows.hpp"

#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto insert_family = R"sql(
INSERT INTO session_families (id, user_id, generation, rotated_at, expires_at, revoked_at)
SELECT ?1, id, ?3, ?4, ?5, ?6 FROM users WHERE id = ?2
ON CONFLICT (id) DO NOTHING)sql";

constexpr auto select_family = R"sql(
SELECT id, user_id, generation, rotated_at, expires_at, revoked_at, shown_at
FROM session_families WHERE id = ?)sql";

constexpr auto update_family = R"sql(
UPDATE session_families
SET generation = ?, rotated_at = ?, expires_at = ?, revoked_at = ?, shown_at = ?
WHERE id = ?)sql";

constexpr auto note_shown = R"sql(
UPDATE session_families SET shown_at = ?
WHERE id = ? AND generation = ? AND shown_at = 0)sql";

constexpr auto revoke_by_id =
    "UPDATE session_families SET revoked_at = ? WHERE id = ? AND revoked_at = 0";

constexpr auto revoke_by_user = R"sql(
UPDATE session_families SET revoked_at = ? WHERE user_id = ? AND revoked_at = 0
RETURNING id, user_id, generation, rotated_at, expires_at, revoked_at, shown_at)sql";

constexpr auto select_revoked = R"sql(
SELECT id, user_id, generation, rotated_at, expires_at, revoked_at, shown_at
FROM session_families WHERE revoked_at > 0 AND revoked_at >= ? ORDER BY revoked_at)sql";

constexpr auto delete_expired = R"sql(
DELETE FROM session_families WHERE id IN (
  SELECT id FROM session_families WHERE expires_at < ? ORDER BY expires_at LIMIT ?)
)sql";

session_family read_family(row& r) {
  return {.id = r.text(),
          .user = r.number(),
          .generation = r.number(),
          .rotated_at = r.time(),
          .expires_at = r.time(),
          .revoked_at = r.time(),
          .shown_at = r.time()};
}

result<family_list> listed(result<std::vector<session_family>> families) {
  if (!families)
    return families.error();
  return family_list{std::move(*families)};
}

result<done> insert(handle& db, const session_family& f) {
  auto added = db.exec(insert_family, f.id, f.user, f.generation, f.rotated_at,
                       f.expires_at, f.revoked_at);
  if (!added)
    return added.error();
  if (*added == 1)
    return done{};
  auto same = db.one(select_family, read_family, f.id);
  if (!same)
    return same.error();
  return *same ? errc::wrong_state : errc::user_not_found;
}

} // namespace

result<family_list> revoke_families_of(handle& db, user_id user, wall_time now) {
  return listed(db.all(revoke_by_user, read_family, now, user));
}

result<done> sqlite_session_store::run(const create_family& command) {
  if (!command.code)
    return insert(db_, command.family);
  return db_.transact([&]() -> result<done> {
    if (auto added = insert(db_, command.family); !added)
      return added;
    return use_code(db_, *command.code);
  });
}

result<rotation_outcome> sqlite_session_store::run(const rotate_family& command) {
  return db_.transact([&]() -> result<rotation_outcome> {
    auto found = db_.one(select_family, read_family, command.id);
    if (!found)
      return found.error();
    if (!*found)
      return rotation_outcome{};
    rotation_outcome out{rotation::revoked, std::move(**found)};
    auto& f = out.family;
    out.what =
        rotate(f, command.shown_generation, command.now, command.grace, command.lifetime);
    if (out.what == rotation::repeated || out.what == rotation::revoked)
      return out;
    if (auto written = db_.exec(update_family, f.generation, f.rotated_at, f.expires_at,
                                f.revoked_at, f.shown_at, f.id);
        !written)
      return written.error();
    return out;
  });
}

result<done> sqlite_session_store::run(const note_family_shown& command) {
  auto noted = db_.exec(note_shown, command.now, command.id, command.generation);
  if (!noted)
    return noted.error();
  return done{};
}

result<done> sqlite_session_store::run(const revoke_family& command) {
  if (auto revoked = db_.exec(revoke_by_id, command.now, command.id); !revoked)
    return revoked.error();
  return done{};
}

result<family_list> sqlite_session_store::run(const revoke_user_families& command) {
  return revoke_families_of(db_, command.user, command.now);
}

result<family_list> sqlite_session_store::run(const revoked_families& command) {
  return listed(db_.all(select_revoked, read_family, command.since));
}

result<removed_count> sqlite_session_store::run(const remove_expired_families& command) {
  auto removed = db_.exec(delete_expired, command.before, command.limit);
  if (!removed)
    return removed.error();
  return removed_count{*removed};
}

} // namespace tinybook::storage::sqlite
