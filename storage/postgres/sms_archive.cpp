#include "storage/postgres/sms_archive.hpp"

#include "storage/postgres/sms_rows.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr auto select_state =
    "SELECT state, handled FROM sms_messages WHERE id = $1 FOR NO KEY UPDATE";

constexpr auto mark_redriven =
    "UPDATE sms_messages SET handled = 1, handled_by = $1 WHERE id = $2";

constexpr auto mark_discarded = R"sql(
UPDATE sms_messages SET handled = 2, handled_by = $1, sealed_parameters = ''
WHERE id = $2)sql";

struct standing {
  message_state state = message_state::ready;
  handled how = handled::not_yet;
};

standing read_standing(row& r) {
  return {.state = r.number<message_state>(), .how = r.number<handled>()};
}

/// Whether an operator may still do something about the row.
result<done> check_open(handle& db, message_id id) {
  auto found = db.one(select_state, read_standing, id);
  if (!found)
    return found.error();
  if (!*found)
    return errc::message_not_found;
  const auto [state, how] = **found;
  if (state != message_state::dead && state != message_state::expired)
    return failure(errc::wrong_state, "the message is neither dead nor expired");
  if (how != handled::not_yet)
    return failure(errc::wrong_state, "the message was redriven or discarded before");
  return done{};
}

result<done> as_done(const result<std::int64_t>& changed) {
  if (!changed)
    return changed.error();
  return done{};
}

} // namespace

result<submitted_message> postgres_sms_archive::run(const redrive_message& command) {
  return db_.transact_alone([&]() -> result<submitted_message> {
    if (auto open = check_open(db_, command.id); !open)
      return open.error();
    auto old = find_message_row(db_, command.id);
    if (!old)
      return old.error();
    if ((*old)->expires_at <= command.now || (*old)->sealed_parameters.empty())
      return errc::message_expired;
    auto fresh = command.replacement;
    fresh.parent = command.id;
    fresh.expires_at = (*old)->expires_at;
    fresh.created_at = fresh.run_at = command.now;
    auto stored = store_message_row(db_, fresh);
    if (!stored)
      return stored.error();
    if (!stored->is_new)
      return failure(errc::wrong_state, "the replacement's key names another message");
    if (auto marked = as_done(db_.exec(mark_redriven, command.by, command.id)); !marked)
      return marked.error();
    return submitted_message{stored->id};
  });
}

result<done> postgres_sms_archive::run(const discard_message& command) {
  return db_.transact_alone([&]() -> result<done> {
    if (auto open = check_open(db_, command.id); !open)
      return open;
    return as_done(db_.exec(mark_discarded, command.by, command.id));
  });
}

} // namespace tinybook::storage::postgres
