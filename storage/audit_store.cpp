#include "storage/audit_store.hpp"

#include "storage/handle.hpp"
#include "storage/joined_sql.hpp"
#include "storage/shared_steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto kind_names = std::to_array<std::string_view>({
    "sign_up",
    "log_in",
    "log_in_failed",
    "log_out",
    "session_ended",
    "sessions_ended",
    "token_reused",
    "step_up",
    "step_up_failed",
    "phone_bound",
    "phone_bind_failed",
    "password_reset",
    "password_reset_failed",
    "password_changed",
    "password_change_failed",
    "exported",
    "deletion_asked",
    "account_restored",
    "account_erased",
    "account_banned",
    "ban_lifted",
    "article_taken_down",
    "article_put_back",
    "operator_acted",
    "other",
});

/// Later than any entry.
constexpr auto end_of_time = wall_time::max();

constexpr auto insert_entry = R"sql(
INSERT INTO audit_events (at, user_id, kind, made_by, reason, network, device, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id)sql";

// One statement for each index: the newest entries below ($1, $2), from $3 on.
constexpr sql_part entry_columns =
    "SELECT id, at, user_id, kind, made_by, reason, network, device, detail "
    "FROM audit_events WHERE (at, id) < ($1, $2) AND at >= $3";
constexpr sql_part newest_first = " ORDER BY at DESC, id DESC LIMIT $4";

constexpr auto select_entries = joined_sql<entry_columns, newest_first>;
constexpr auto select_entries_of_user =
    joined_sql<entry_columns, " AND user_id = $5", newest_first>;
constexpr auto select_entries_of_kind =
    joined_sql<entry_columns, " AND kind = $5", newest_first>;
constexpr auto select_entries_of_both =
    joined_sql<entry_columns, " AND user_id = $5 AND kind = $6", newest_first>;

constexpr auto delete_old = R"sql(
DELETE FROM audit_events WHERE id = ANY (ARRAY (
  SELECT id FROM audit_events WHERE at < $1 ORDER BY at, id LIMIT $2
  FOR UPDATE SKIP LOCKED)))sql";

audit_event read_entry(row& r) {
  audit_event out;
  out.id = r.number();
  out.at = r.time();
  out.user = r.number();
  out.kind = audit_kind_of(r.text()).value_or(audit_kind::other);
  out.from.by = r.text();
  out.from.reason = r.text();
  out.from.network = r.text();
  out.from.device = r.text();
  out.detail = r.text();
  return out;
}

result<std::vector<audit_event>> entries(handle& db, const list_audit& c,
                                         const audit_place& below, std::int64_t limit) {
  const auto kind = c.kind ? name_of(*c.kind) : std::string_view{};
  if (c.user && c.kind)
    return db.all(select_entries_of_both, read_entry, below.at, below.id, c.from, limit,
                  *c.user, kind);
  if (c.user)
    return db.all(select_entries_of_user, read_entry, below.at, below.id, c.from, limit,
                  *c.user);
  if (c.kind)
    return db.all(select_entries_of_kind, read_entry, below.at, below.id, c.from, limit,
                  kind);
  return db.all(select_entries, read_entry, below.at, below.id, c.from, limit);
}

} // namespace

std::string_view name_of(audit_kind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

std::optional<audit_kind> audit_kind_of(std::string_view name) {
  const auto found = std::ranges::find(kind_names, name);
  if (found == kind_names.end())
    return std::nullopt;
  return static_cast<audit_kind>(found - kind_names.begin());
}

std::span<const std::string_view> audit_kind_names() {
  return kind_names;
}

result<done> record(handle& db, audit_event event) {
  auto added = db.one(insert_entry, read_number, event.at, event.user,
                      name_of(event.kind), event.from.by, event.from.reason,
                      event.from.network, event.from.device, event.detail);
  if (!added)
    return added.error();
  event.id = added->value_or(0);
  db.note_audited(std::move(event));
  return done{};
}

result<done> run(handle& db, const note_audit& command) {
  return db.transact([&] { return record(db, command.event); });
}

result<audit_page> run(handle& db, const list_audit& command) {
  const auto below =
      command.before.value_or(audit_place{command.until.value_or(end_of_time), 0});
  // One more than is asked for tells whether there is a next page.
  auto found = entries(db, command, below, command.limit + 1);
  if (!found)
    return found.error();
  audit_page out{std::move(*found), {}};
  if (std::ssize(out.events) > command.limit) {
    out.events.pop_back();
    if (!out.events.empty())
      out.next = audit_place{out.events.back().at, out.events.back().id};
  }
  return out;
}

result<removed_count> run(handle& db, const remove_old_audit& command) {
  auto removed = db.exec(delete_old, command.before, command.limit);
  if (!removed)
    return removed.error();
  return removed_count{*removed};
}

} // namespace tinybook::storage
