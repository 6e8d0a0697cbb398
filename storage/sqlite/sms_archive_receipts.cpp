#include "storage/sqlite/sms_archive.hpp"
#include "storage/sqlite/sms_rows.hpp"

#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto id_by_provider = R"sql(
SELECT id FROM sms_messages INDEXED BY sms_messages_by_provider
WHERE provider_message_id <> '' AND provider = ? AND provider_message_id = ?
  AND phone IN (?, ?)
ORDER BY id DESC LIMIT 1)sql";

constexpr auto id_by_client_ref = R"sql(
SELECT id FROM sms_messages AS m INDEXED BY sms_messages_by_client_ref
WHERE client_ref <> '' AND client_ref = ?1 AND phone IN (?2, ?3) AND EXISTS (
  SELECT 1 FROM sms_attempts AS a
  WHERE a.message_id = m.id AND a.provider = ?4 AND a.outcome = 'ambiguous')
ORDER BY id DESC LIMIT 1)sql";

constexpr auto count_same = R"sql(
SELECT count(*) FROM sms_receipts
WHERE message_id = ? AND provider = ? AND provider_message_id = ? AND delivered = ?
  AND provider_code = ? AND text = ?)sql";

constexpr auto insert_receipt = R"sql(
INSERT INTO sms_receipts (message_id, provider, provider_message_id, delivered,
  provider_code, text, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?))sql";

constexpr auto note_first = R"sql(
UPDATE sms_messages SET receipt = ? WHERE id = ? AND receipt = '')sql";

/// The message that `report` is about; 0 = none.
result<message_id> message_of(handle& db, const receipt& report) {
  auto found = db.one(id_by_provider, read_number, report.provider,
                      report.provider_message_id, report.phone, report.domestic_phone);
  if (found && !*found)
    found = db.one(id_by_client_ref, read_number, report.client_ref, report.phone,
                   report.domestic_phone, report.provider);
  if (!found)
    return found.error();
  return found->value_or(0);
}

result<bool> was_noted(handle& db, message_id id, const receipt& report) {
  auto same =
      db.one(count_same, read_number, id, report.provider, report.provider_message_id,
             report.delivered, report.provider_code, report.text);
  if (!same)
    return same.error();
  return same->value_or(0) != 0;
}

result<done> note(handle& db, message_id id, const record_receipt& c) {
  const auto& r = c.report;
  auto added = db.exec(insert_receipt, id, r.provider, r.provider_message_id, r.delivered,
                       r.provider_code, r.text, c.now);
  if (!added)
    return added.error();
  const std::string_view word = r.delivered ? "delivered" : "failed";
  if (auto first = db.exec(note_first, word, id); !first)
    return first.error();
  return done{};
}

} // namespace

result<receipt_noted> sqlite_sms_archive::run(const record_receipt& command) {
  return db_.transact([&]() -> result<receipt_noted> {
    auto id = message_of(db_, command.report);
    if (!id)
      return id.error();
    if (*id == 0)
      return receipt_noted{receipt_fate::unknown, std::nullopt};
    auto known = was_noted(db_, *id, command.report);
    if (!known)
      return known.error();
    if (*known)
      return receipt_noted{receipt_fate::duplicate, std::nullopt};
    if (auto noted = note(db_, *id, command); !noted)
      return noted.error();
    auto message = find_message_row(db_, *id);
    if (!message)
      return message.error();
    return receipt_noted{receipt_fate::joined, std::move(*message)};
  });
}

} // namespace tinybook::storage::sqlite
