#include "storage/sqlite/code_rows.hpp"
#include "storage/sqlite/sms_outbox.hpp"
#include "storage/sqlite/sms_rows.hpp"

namespace tinybook::storage::sqlite {

namespace {

constexpr auto insert_message = R"sql(
INSERT INTO sms_messages (idempotency_key, phone, country_prefix, region,
  client_address, purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, progress, client_ref, code_hash, code_key_id, code_asker)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING)sql";

constexpr auto select_by_idempotency_key =
    "SELECT id, phone, purpose FROM sms_messages WHERE idempotency_key = ?";

constexpr auto expire_before = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = x'', finalized_at = ?3
WHERE phone = ?1 AND purpose = ?2 AND state < 2 AND state = 0 AND expires_at <= ?3)sql";

struct earlier_message {
  message_id id = 0;
  std::string phone;
  std::string purpose;
};

earlier_message read_earlier(row& r) {
  return {.id = r.number(), .phone = r.text(), .purpose = r.text()};
}

/// The id of the new row, or 0 where a unique index refused it.
result<message_id> try_insert(handle& db, const sms_message& m) {
  auto added = db.exec(
      insert_message, optional_text{m.idempotency_key}, m.phone, m.country_prefix,
      m.region, m.client_address, m.purpose, m.template_name, blob{m.sealed_parameters},
      m.key_id, m.code, m.parent, m.priority, m.created_at, m.run_at, m.expires_at,
      m.progress, m.client_ref, blob{m.code_hash}, m.code_key_id, m.code_asker);
  if (!added)
    return added.error();
  return *added == 0 ? message_id{0} : db.last_id();
}

/// The row that has this message's idempotency key already; 0 = none.
result<message_id> find_same(handle& db, const sms_message& m) {
  auto earlier =
      db.one(select_by_idempotency_key, read_earlier, optional_text{m.idempotency_key});
  if (!earlier)
    return earlier.error();
  if (!*earlier)
    return message_id{0};
  if ((*earlier)->phone != m.phone || (*earlier)->purpose != m.purpose)
    return failure(errc::wrong_state, "an idempotency key was used for another message");
  return (*earlier)->id;
}

/// After the pending row in the way has ended, if it ran out unnoticed.
result<message_id> insert_past_expired(handle& db, const sms_message& m) {
  auto expired = db.exec(expire_before, m.phone, m.purpose, m.created_at);
  if (!expired)
    return expired.error();
  if (*expired == 0)
    return errc::sms_pending;
  auto id = try_insert(db, m);
  if (id && *id == 0)
    return errc::internal;
  return id;
}

} // namespace

result<stored_row> store_message_row(handle& db, const sms_message& message) {
  auto id = try_insert(db, message);
  if (id && *id == 0) {
    id = find_same(db, message);
    if (id && *id != 0)
      return stored_row{*id, false};
    if (id)
      id = insert_past_expired(db, message);
  }
  if (!id)
    return id.error();
  return stored_row{*id, true};
}

result<submitted_message> sqlite_sms_outbox::run(const submit_message& command) {
  return db_.transact([&]() -> result<submitted_message> {
    auto stored = store_message_row(db_, command.message);
    if (!stored)
      return stored.error();
    if (!stored->is_new)
      return submitted_message{stored->id};
    if (command.code)
      if (auto written = write_code_state(db_, *command.code); !written)
        return written.error();
    return submitted_message{stored->id};
  });
}

} // namespace tinybook::storage::sqlite
