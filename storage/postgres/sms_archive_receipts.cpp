#include "storage/postgres/sms_archive.hpp"
#include "storage/postgres/sms_rows.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

// The sums keep the planner from walking the ids, newest first.
constexpr auto id_by_provider = R"sql(
SELECT id FROM sms_messages
WHERE provider_message_id <> '' AND provider = $1 AND provider_message_id = $2
  AND phone IN ($3, $4)
ORDER BY id + 0 DESC LIMIT 1 FOR NO KEY UPDATE)sql";

constexpr auto id_by_client_ref = R"sql(
SELECT id FROM sms_messages AS m
WHERE client_ref <> '' AND client_ref = $1 AND phone IN ($2, $3) AND EXISTS (
  SELECT 1 FROM sms_attempts AS a
  WHERE a.message_id = m.id AND a.provider = $4 AND a.outcome = 'ambiguous')
ORDER BY id + 0 DESC LIMIT 1 FOR NO KEY UPDATE)sql";

constexpr auto count_same = R"sql(
SELECT count(*) FROM sms_receipts
WHERE message_id = $1 AND provider = $2 AND provider_message_id = $3 AND delivered = $4
  AND provider_code = $5 AND text = $6)sql";

constexpr auto insert_receipt = R"sql(
INSERT INTO sms_receipts (message_id, provider, provider_message_id, delivered,
  provider_code, text, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

constexpr auto note_first = R"sql(
UPDATE sms_messages SET receipt = $1 WHERE id = $2 AND receipt = '')sql";

std::int64_t read_number(row& r) {
  return r.number();
}

/// The message that `report` is about, which nobody else changes until the transaction
/// ends; 0 = none.
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

result<receipt_noted> postgres_sms_archive::run(const record_receipt& command) {
  return db_.transact_alone([&]() -> result<receipt_noted> {
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

} // namespace tinybook::storage::postgres
