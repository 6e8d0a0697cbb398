#include "storage/sqlite/sms_outbox.hpp"
#include "storage/sqlite/sms_rows.hpp"

#include <iterator>
#include <limits>
#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto next_priority = R"sql(
SELECT priority FROM sms_messages WHERE state = 0 AND priority > ?
ORDER BY priority LIMIT 1)sql";

constexpr auto lease_row = R"sql(
UPDATE sms_messages SET state = 1, lease_token = ?, lease_until = ? WHERE id = ?)sql";

constexpr auto prolong_lease = R"sql(
UPDATE sms_messages SET lease_until = ? WHERE id = ? AND state = 1 AND lease_token = ?
)sql";

// Success looks at no token: what a provider accepted stays accepted.
constexpr auto end_delivered = R"sql(
UPDATE sms_messages
SET state = 2, attempt = ?, progress = ?, provider = ?, provider_message_id = ?,
  sealed_parameters = x'', lease_until = 0, finalized_at = ?
WHERE id = ? AND state < 2)sql";

constexpr auto end_otherwise = R"sql(
UPDATE sms_messages
SET state = ?1, attempt = ?2, progress = ?3, provider = ?4, provider_message_id = ?5,
  sealed_parameters = iif(?1 = 4 AND expires_at > ?6, sealed_parameters, x''),
  lease_until = 0, finalized_at = ?6
WHERE id = ?7 AND state = 1 AND lease_token = ?8)sql";

constexpr auto give_back = R"sql(
UPDATE sms_messages
SET state = 0, run_at = ?, attempt = ?, progress = ?, lease_until = 0
WHERE id = ? AND state = 1 AND lease_token = ?)sql";

constexpr auto note_progress = R"sql(
UPDATE sms_messages SET attempt = ?, progress = ?
WHERE id = ? AND state = 1 AND lease_token = ?)sql";

constexpr auto reclaim = R"sql(
UPDATE sms_messages SET state = 0, lease_until = 0 WHERE state = 1 AND lease_until <= ?
)sql";

constexpr auto reclaim_all =
    "UPDATE sms_messages SET state = 0, lease_until = 0 WHERE state = 1";

/// Ready rows that are due, priority by priority: a seek for each, so that rows which
/// wait for a later `run_at` cost nothing.
result<std::vector<sms_message>> due_messages(handle& db, wall_time now,
                                              std::int64_t limit) {
  std::vector<sms_message> out;
  auto after = std::numeric_limits<std::int64_t>::min();
  while (std::ssize(out) < limit) {
    auto priority = db.one(next_priority, read_number, after);
    if (!priority)
      return priority.error();
    if (!*priority)
      break;
    after = **priority;
    auto rows = due_message_rows(db, static_cast<std::int32_t>(after), now,
                                 limit - std::ssize(out));
    if (!rows)
      return rows.error();
    std::move(rows->begin(), rows->end(), std::back_inserter(out));
  }
  return out;
}

/// The changed row's attempt, if there is one; nothing where no row changed.
result<lease_kept> with_attempt(handle& db, message_id id, result<std::int64_t> changed,
                                const sms_attempt* attempt) {
  if (!changed)
    return changed.error();
  if (*changed == 0)
    return lease_kept{false};
  if (attempt != nullptr)
    if (auto added = insert_attempt(db, id, *attempt); !added)
      return added.error();
  return lease_kept{true};
}

const sms_attempt* pointer_to(const std::optional<sms_attempt>& attempt) {
  return attempt ? &*attempt : nullptr;
}

result<changed_count> counted(const result<std::int64_t>& changed) {
  if (!changed)
    return changed.error();
  return changed_count{*changed};
}

} // namespace

result<message_list> sqlite_sms_outbox::run(const claim_messages& command) {
  return db_.transact([&]() -> result<message_list> {
    auto due = due_messages(db_, command.now, command.limit);
    if (!due)
      return due.error();
    for (auto& m : *due) {
      m.state = message_state::leased;
      m.lease_token += 1;
      m.lease_until = command.now + command.lease;
      auto leased = db_.exec(lease_row, m.lease_token, m.lease_until, m.id);
      if (!leased)
        return leased.error();
    }
    return message_list{std::move(*due)};
  });
}

result<lease_kept> sqlite_sms_outbox::run(const extend_lease& command) {
  return with_attempt(
      db_, command.id,
      db_.exec(prolong_lease, command.now + command.lease, command.id, command.token),
      nullptr);
}

result<lease_kept> sqlite_sms_outbox::run(const finish_message& command) {
  const auto& c = command;
  if (c.state == message_state::ready || c.state == message_state::leased)
    return errc::wrong_state;
  return db_.transact([&] {
    auto changed = c.state == message_state::delivered
                       ? db_.exec(end_delivered, c.tries, c.progress, c.provider,
                                  c.provider_message_id, c.now, c.id)
                       : db_.exec(end_otherwise, c.state, c.tries, c.progress, c.provider,
                                  c.provider_message_id, c.now, c.id, c.token);
    return with_attempt(db_, c.id, std::move(changed), pointer_to(c.attempt));
  });
}

result<lease_kept> sqlite_sms_outbox::run(const reschedule_message& command) {
  return db_.transact([&] {
    auto changed = db_.exec(give_back, command.run_at, command.tries, command.progress,
                            command.id, command.token);
    return with_attempt(db_, command.id, std::move(changed), pointer_to(command.attempt));
  });
}

result<lease_kept> sqlite_sms_outbox::run(const record_attempt& command) {
  return db_.transact([&] {
    auto changed = db_.exec(note_progress, command.tries, command.progress, command.id,
                            command.token);
    return with_attempt(db_, command.id, std::move(changed), &command.attempt);
  });
}

result<changed_count> sqlite_sms_outbox::run(const reclaim_leases& command) {
  if (command.all)
    return counted(db_.exec(reclaim_all));
  return counted(db_.exec(reclaim, command.now));
}

} // namespace tinybook::storage::sqlite
