#include "storage/session_store.hpp"

#include "storage/handle.hpp"
#include "storage/joined_sql.hpp"
#include "storage/shared_steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto insert_family = R"sql(
INSERT INTO session_families (id, user_id, generation, rotated_at, expires_at, revoked_at,
  created_at, device, network, proved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO NOTHING)sql";

/// As `read_family` reads them.
constexpr sql_part family_columns =
    "id, user_id, generation, rotated_at, expires_at, revoked_at, shown_at, created_at, "
    "device, network, proved_at";

constexpr auto select_family = joined_sql<"SELECT ", family_columns, R"sql(,
  (SELECT u.device_epoch FROM users u WHERE u.id = user_id),
  EXISTS (SELECT 1 FROM audit_events e WHERE e.user_id = session_families.user_id
    AND e.at = session_families.created_at AND e.kind = 'log_in'
    AND e.detail LIKE '%, while banned'),
  EXISTS (SELECT 1 FROM audit_events e WHERE e.user_id = session_families.user_id
    AND e.at = session_families.created_at AND e.kind = 'account_restored')
FROM session_families WHERE id = $1)sql">;

constexpr auto lock_family =
    joined_sql<"SELECT ", family_columns,
               " FROM session_families WHERE id = $1 FOR NO KEY UPDATE">;

constexpr auto update_family = R"sql(
UPDATE session_families
SET generation = $1, rotated_at = $2, expires_at = $3, revoked_at = $4, shown_at = $5,
  created_at = $6, network = $7
WHERE id = $8)sql";

constexpr auto note_shown = R"sql(
UPDATE session_families SET shown_at = $1
WHERE id = $2 AND generation = $3 AND shown_at = 0)sql";

constexpr auto revoke_by_id = R"sql(
UPDATE session_families SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0
RETURNING user_id)sql";

constexpr auto revoke_by_user = joined_sql<R"sql(
UPDATE session_families SET revoked_at = $1 WHERE user_id = $2 AND revoked_at = 0
RETURNING )sql",
                                           family_columns>;

constexpr auto revoke_own = R"sql(
UPDATE session_families SET revoked_at = $1
WHERE id = $2 AND user_id = $3 AND revoked_at = 0 AND expires_at > $1)sql";

constexpr auto select_own =
    "SELECT 1 FROM session_families WHERE id = $1 AND user_id = $2";

constexpr auto revoke_others = joined_sql<R"sql(
UPDATE session_families SET revoked_at = $1
WHERE user_id = $2 AND id <> $3 AND revoked_at = 0 AND expires_at > $1
RETURNING )sql",
                                          family_columns>;

constexpr auto mark_proved = R"sql(
UPDATE session_families SET proved_at = $1
WHERE id = $2 AND user_id = $3 AND revoked_at = 0 AND expires_at > $1)sql";

constexpr auto select_proof = R"sql(
SELECT proved_at FROM session_families
WHERE id = $1 AND user_id = $2 AND revoked_at = 0)sql";

// Whoever bans, erases or gives a new password waits for this lock, and this for them: a
// session is opened before, and ended by them, or not at all.
constexpr sql_part select_account =
    "SELECT device_epoch, banned_at, leaves_at, erasing FROM users WHERE id = $1";
constexpr auto lock_account = joined_sql<select_account, " FOR KEY SHARE">;
constexpr auto try_lock_account =
    joined_sql<select_account, " FOR KEY SHARE SKIP LOCKED">;

constexpr auto select_proofs = R"sql(
SELECT password_hash <> '', phone IS NOT NULL FROM users WHERE id = $1)sql";

/// The new one stays, whatever else was used in the same millisecond.
constexpr auto revoke_surplus = joined_sql<R"sql(
UPDATE session_families SET revoked_at = $1 WHERE id IN (
  SELECT id FROM session_families
  WHERE user_id = $2 AND revoked_at = 0 AND expires_at > $1 AND id <> $3
  ORDER BY rotated_at DESC, id LIMIT 1000000 OFFSET $4)
RETURNING )sql",
                                           family_columns>;

constexpr auto select_of_user =
    joined_sql<"SELECT ", family_columns, R"sql( FROM session_families
WHERE user_id = $1 AND revoked_at = 0 AND expires_at > $2
ORDER BY rotated_at DESC, id)sql">;

constexpr auto select_phone_use = R"sql(
SELECT EXISTS (SELECT 1 FROM verified_phones WHERE phone = $1),
  EXISTS (SELECT 1 FROM session_families
    WHERE user_id = (SELECT id FROM users WHERE phone = $1) AND revoked_at = 0
      AND expires_at > $2 AND network = $3 AND $3 <> ''))sql";

constexpr auto select_revoked = joined_sql<"SELECT ", family_columns, R"sql(
FROM session_families WHERE revoked_at > 0 AND revoked_at >= $1 ORDER BY revoked_at)sql">;

constexpr auto delete_expired = R"sql(
DELETE FROM session_families WHERE id = ANY (ARRAY (
  SELECT id FROM session_families WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
  FOR UPDATE SKIP LOCKED)))sql";

session_family read_family(row& r) {
  return {.id = r.text(),
          .user = r.number(),
          .generation = r.number(),
          .rotated_at = r.time(),
          .expires_at = r.time(),
          .revoked_at = r.time(),
          .shown_at = r.time(),
          .created_at = r.time(),
          .device = r.text(),
          .network = r.text(),
          .proved_at = r.time()};
}

known_family read_known_family(row& r) {
  known_family out{read_family(r), {}};
  out.epoch.number = r.number();
  out.banned = r.flag();
  out.restored = r.flag();
  return out;
}

struct account_state {
  device_epoch epoch;
  bool banned = false;
  wall_time leaves_at{};
  bool erasing = false;

  [[nodiscard]] bool is_gone(wall_time now) const {
    return erasing || (leaves_at != wall_time{} && leaves_at <= now);
  }
};

account_state read_account(row& r) {
  account_state out;
  out.epoch.number = r.number();
  out.banned = r.number() != 0;
  out.leaves_at = r.time();
  out.erasing = r.flag();
  return out;
}

struct known_proofs {
  bool password = false;
  bool code = false;
};

known_proofs read_proofs(row& r) {
  return {.password = r.flag(), .code = r.flag()};
}

/// The account, which may be entered unless it is banned; locked until the transaction
/// ends. A batch, which must not wait for it, defers the write. `seen` where its password
/// was looked at.
result<account_state> enterable(handle& db, user_id user, wall_time now,
                                const std::optional<device_epoch>& seen) {
  const bool only_try = db.must_not_wait();
  auto found = db.one(only_try ? try_lock_account : lock_account, read_account, user);
  if (!found)
    return found.error();
  if (!*found && only_try)
    return db.defer();
  if (!*found || (*found)->is_gone(now))
    return errc::user_not_found;
  if (seen && seen->number != (*found)->epoch.number)
    return errc::wrong_credentials;
  return **found;
}

result<family_list> listed(result<std::vector<session_family>> families) {
  if (!families)
    return families.error();
  return family_list{std::move(*families)};
}

result<done> insert(handle& db, const session_family& f) {
  auto added =
      db.exec(insert_family, f.id, f.user, f.generation, f.rotated_at, f.expires_at,
              f.revoked_at, f.created_at, f.device, f.network, f.proved_at);
  if (!added)
    return added.error();
  return *added == 1 ? result<done>{done{}} : errc::wrong_state;
}

} // namespace

rotation rotate(session_family& family, std::int64_t shown_generation, wall_time now,
                std::chrono::milliseconds grace, std::chrono::milliseconds lifetime,
                std::chrono::milliseconds absolute) {
  if (family.revoked_at != wall_time{})
    return rotation::revoked;
  if (shown_generation == family.generation) {
    if (family.created_at == wall_time{})
      family.created_at = now;
    // The bound may have been lowered since its token was made.
    if (absolute.count() != 0 && family.created_at + absolute <= now)
      return rotation::revoked;
    ++family.generation;
    family.rotated_at = now;
    family.expires_at = end_of_token(family.created_at, now, lifetime, absolute);
    family.shown_at = {};
    return rotation::rotated;
  }
  const bool in_time = family.shown_at == wall_time{} || now - family.shown_at <= grace;
  if (shown_generation == family.generation - 1 && in_time)
    return rotation::repeated;
  // The successor's refresh token was shown when the current generation was made.
  if (shown_generation == family.generation - 2 && now - family.rotated_at <= grace)
    return rotation::repeated;
  family.revoked_at = now;
  return rotation::reused;
}

wall_time end_of_token(wall_time created_at, wall_time now,
                       std::chrono::milliseconds lifetime,
                       std::chrono::milliseconds absolute) {
  return absolute.count() == 0 ? now + lifetime
                               : std::min(now + lifetime, created_at + absolute);
}

result<family_list> revoke_families_of(handle& db, user_id user, wall_time now) {
  return listed(db.all(revoke_by_user, read_family, now, user));
}

result<done> check_proof(handle& db, user_id user, const step_up_proof& proof) {
  auto found = db.one(
      select_proof, [](row& r) { return r.time(); }, proof.family, user);
  if (!found)
    return found.error();
  if (!*found)
    return errc::token_revoked;
  if (**found != wall_time{} && **found >= proof.since)
    return done{};
  auto known = db.one(select_proofs, read_proofs, user);
  if (!known)
    return known.error();
  if (!*known)
    return errc::user_not_found;
  failure needed{errc::step_up_required};
  if ((*known)->password)
    needed.proofs.emplace_back("password");
  if ((*known)->code)
    needed.proofs.emplace_back("code");
  return needed;
}

result<opened_family> open_family(handle& db, const create_family& command) {
  auto family = command.family;
  auto account = enterable(db, family.user, family.rotated_at, command.seen);
  if (!account)
    return account.error();
  if (account->banned && !command.until_if_banned)
    return errc::account_banned;
  if (account->leaves_at != wall_time{})
    return opened_family{.epoch = account->epoch, .ended = {}, .leaving = true};
  if (account->banned)
    family.expires_at = std::min(family.expires_at, *command.until_if_banned);
  if (auto added = insert(db, family); !added)
    return added.error();
  auto ended = db.all(revoke_surplus, read_family, family.rotated_at, family.user,
                      family.id, command.max_of_user - 1);
  if (!ended)
    return ended.error();
  std::string how = command.code ? "code" : "password";
  if (account->banned)
    how += ", while banned";
  if (auto noted = record(db, {.at = family.rotated_at,
                               .user = family.user,
                               .kind = audit_kind::log_in,
                               .from = {family.network, family.device},
                               .detail = std::move(how)});
      !noted)
    return noted.error();
  for (const auto& surplus : *ended)
    if (auto noted = record(db, {.at = family.rotated_at,
                                 .user = family.user,
                                 .kind = audit_kind::session_ended,
                                 .from = {surplus.network, surplus.device},
                                 .detail = "one too many"});
        !noted)
      return noted.error();
  if (auto used = use_code(db, command.code); !used)
    return used.error();
  return opened_family{
      .epoch = account->epoch, .ended = std::move(*ended), .banned = account->banned};
}

result<opened_family> run(handle& db, const create_family& command) {
  const auto steps = [&] {
    return open_family(db, command);
  };
  return command.code ? db.transact_alone(steps) : db.transact(steps);
}

result<family_list> run(handle& db, const list_user_families& command) {
  return listed(db.all(select_of_user, read_family, command.user, command.now));
}

result<phone_use> run(handle& db, const find_phone_use& command) {
  const auto read = [](row& r) {
    return phone_use{r.flag(), r.flag()};
  };
  const auto use =
      db.one(select_phone_use, read, command.phone, command.now, command.network);
  if (!use)
    return use.error();
  return use->value();
}

result<known_family> run(handle& db, const find_family& command) {
  auto found = db.one(select_family, read_known_family, command.id);
  if (!found)
    return found.error();
  if (!*found)
    return errc::token_revoked;
  return std::move(**found);
}

result<rotation_outcome> run(handle& db, const rotate_family& command) {
  return db.transact([&]() -> result<rotation_outcome> {
    auto found = db.one(lock_family, read_family, command.id);
    if (!found)
      return found.error();
    if (!*found)
      return rotation_outcome{};
    rotation_outcome out{rotation::revoked, std::move(**found)};
    auto& f = out.family;
    out.what = rotate(f, command.shown_generation, command.now, command.grace,
                      command.lifetime, command.absolute);
    if (out.what == rotation::repeated || out.what == rotation::revoked)
      return out;
    if (out.what == rotation::rotated && !command.network.empty())
      f.network = command.network;
    if (auto written = db.exec(update_family, f.generation, f.rotated_at, f.expires_at,
                               f.revoked_at, f.shown_at, f.created_at, f.network, f.id);
        !written)
      return written.error();
    if (out.what == rotation::reused)
      if (auto noted = record(db, {.at = command.now,
                                   .user = f.user,
                                   .kind = audit_kind::token_reused,
                                   .from = {command.network, command.device}});
          !noted)
        return noted.error();
    return out;
  });
}

result<done> run(handle& db, const note_family_shown& command) {
  auto noted = db.exec(note_shown, command.now, command.id, command.generation);
  if (!noted)
    return noted.error();
  return done{};
}

result<done> run(handle& db, const revoke_family& command) {
  return db.transact([&]() -> result<done> {
    auto user = db.one(revoke_by_id, read_number, command.now, command.id);
    if (!user)
      return user.error();
    if (!*user)
      return done{};
    return record(db, {.at = command.now,
                       .user = **user,
                       .kind = audit_kind::log_out,
                       .from = command.from});
  });
}

result<done> run(handle& db, const revoke_own_family& command) {
  return db.transact([&]() -> result<done> {
    if (command.id != command.proof.family)
      if (auto proved = check_proof(db, command.user, command.proof); !proved)
        return proved.error();
    auto revoked = db.exec(revoke_own, command.now, command.id, command.user);
    if (!revoked)
      return revoked.error();
    if (*revoked == 0) {
      auto ended = db.one(select_own, read_number, command.id, command.user);
      if (!ended)
        return ended.error();
      return *ended ? result<done>{done{}} : errc::session_not_found;
    }
    return record(db, {.at = command.now,
                       .user = command.user,
                       .kind = audit_kind::session_ended,
                       .from = command.from});
  });
}

result<family_list> run(handle& db, const revoke_other_families& command) {
  return db.transact([&]() -> result<family_list> {
    if (auto proved = check_proof(db, command.user, command.proof); !proved)
      return proved.error();
    auto revoked = listed(db.all(revoke_others, read_family, command.now, command.user,
                                 command.proof.family));
    if (!revoked || revoked->families.empty())
      return revoked;
    if (auto noted = record(db, {.at = command.now,
                                 .user = command.user,
                                 .kind = audit_kind::sessions_ended,
                                 .from = command.from});
        !noted)
      return noted.error();
    return revoked;
  });
}

result<done> run(handle& db, const prove_session& command) {
  return db.transact_alone([&]() -> result<done> {
    auto proved = db.exec(mark_proved, command.now, command.family, command.user);
    if (!proved)
      return proved.error();
    if (*proved == 0)
      return errc::token_revoked;
    auto account = enterable(db, command.user, command.now, command.seen);
    if (!account)
      return account.error();
    if (account->banned)
      return errc::account_banned;
    if (auto noted = record(db, {.at = command.now,
                                 .user = command.user,
                                 .kind = audit_kind::step_up,
                                 .from = command.from,
                                 .detail = command.code ? "code" : "password"});
        !noted)
      return noted;
    return use_code(db, command.code);
  });
}

result<done> run(handle& db, const find_proof& command) {
  return check_proof(db, command.user, command.proof);
}

std::span<const char* const> statements_of_living_sessions() {
  static constexpr auto all = std::to_array(
      {revoke_surplus, select_of_user, select_phone_use, revoke_others, revoke_by_user});
  return all;
}

result<family_list> run(handle& db, const revoked_families& command) {
  return listed(db.all(select_revoked, read_family, command.since));
}

result<removed_count> run(handle& db, const remove_expired_families& command) {
  auto removed = db.exec(delete_expired, command.before, command.limit);
  if (!removed)
    return removed.error();
  return removed_count{*removed};
}

} // namespace tinybook::storage
