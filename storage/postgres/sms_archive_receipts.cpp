#include "storage/postgres/sms_archive.hpp"
#include "storage/postgres/sms_rows.hpp"

#include <optional>
#include <utility>
#include <vector>

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

constexpr auto keep_early = R"sql(
INSERT INTO sms_early_receipts (provider, provider_message_id, client_ref, phone,
  domestic_phone, delivered, provider_code, text, received_at)
SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::boolean, $7::text, $8::text, $9::bigint
WHERE NOT EXISTS (
  SELECT 1 FROM sms_early_receipts
  WHERE provider = $1 AND provider_message_id = $2 AND client_ref = $3 AND phone = $4
    AND delivered = $6 AND provider_code = $7 AND text = $8))sql";

constexpr auto forget_most = R"sql(
DELETE FROM sms_early_receipts
WHERE id <= (SELECT max(id) FROM sms_early_receipts) - $1)sql";

constexpr auto forget_old = "DELETE FROM sms_early_receipts WHERE received_at <= $1";

constexpr auto joinable = R"sql(
SELECT id, provider, provider_message_id, client_ref, phone, domestic_phone, delivered,
  provider_code, text, received_at
FROM sms_early_receipts AS e
WHERE EXISTS (
  SELECT 1 FROM sms_messages AS m
  WHERE m.provider_message_id <> '' AND m.provider = e.provider
    AND m.provider_message_id = e.provider_message_id
    AND m.phone IN (e.phone, e.domestic_phone))
OR EXISTS (
  SELECT 1 FROM sms_messages AS m JOIN sms_attempts AS a ON a.message_id = m.id
  WHERE m.client_ref <> '' AND m.client_ref = e.client_ref
    AND m.phone IN (e.phone, e.domestic_phone)
    AND a.provider = e.provider AND a.outcome = 'ambiguous')
ORDER BY id LIMIT $1 FOR UPDATE OF e SKIP LOCKED)sql";

constexpr auto forget_one = "DELETE FROM sms_early_receipts WHERE id = $1";
constexpr auto any_left = "SELECT EXISTS (SELECT 1 FROM sms_early_receipts)";

struct early_receipt {
  std::int64_t id = 0;
  record_receipt came;
};

early_receipt read_early(row& r) {
  early_receipt out;
  out.id = r.number();
  auto& report = out.came.report;
  report.provider = r.text();
  report.provider_message_id = r.text();
  report.client_ref = r.text();
  report.phone = r.text();
  report.domestic_phone = r.text();
  report.delivered = r.flag();
  report.provider_code = r.text();
  report.text = r.text();
  out.came.now = r.time();
  return out;
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

result<receipt_noted> join(handle& db, message_id id, const record_receipt& command) {
  auto known = was_noted(db, id, command.report);
  if (!known)
    return known.error();
  if (*known)
    return receipt_noted{receipt_fate::duplicate, std::nullopt};
  if (auto noted = note(db, id, command); !noted)
    return noted.error();
  auto message = find_message_row(db, id);
  if (!message)
    return message.error();
  return receipt_noted{receipt_fate::joined, std::move(*message)};
}

result<receipt_noted> keep(handle& db, const record_receipt& c) {
  const auto& r = c.report;
  auto kept =
      db.exec(keep_early, r.provider, r.provider_message_id, r.client_ref, r.phone,
              r.domestic_phone, r.delivered, r.provider_code, r.text, c.now);
  if (!kept)
    return kept.error();
  if (auto bounded = db.exec(forget_most, c.most_early); !bounded)
    return bounded.error();
  return receipt_noted{receipt_fate::unknown, std::nullopt};
}

/// Nothing where its message has gone since.
result<std::optional<joined_receipt>> join_kept(handle& db, const early_receipt& early) {
  auto id = message_of(db, early.came.report);
  if (!id)
    return id.error();
  if (*id == 0)
    return std::optional<joined_receipt>{};
  auto noted = join(db, *id, early.came);
  if (!noted)
    return noted.error();
  if (auto taken = db.exec(forget_one, early.id); !taken)
    return taken.error();
  return std::optional{joined_receipt{early.came.report, std::move(*noted)}};
}

} // namespace

result<receipt_noted> postgres_sms_archive::run(const record_receipt& command) {
  return db_.transact_alone([&]() -> result<receipt_noted> {
    auto id = message_of(db_, command.report);
    if (!id)
      return id.error();
    return *id == 0 ? keep(db_, command) : join(db_, *id, command);
  });
}

result<joined_receipts> postgres_sms_archive::run(const join_early_receipts& command) {
  return db_.transact_alone([&]() -> result<joined_receipts> {
    joined_receipts out;
    if (auto gone = db_.exec(forget_old, command.now - longest_early_receipt); !gone)
      return gone.error();
    auto kept = db_.all(joinable, read_early, command.limit);
    if (!kept)
      return kept.error();
    for (const auto& early : *kept) {
      auto one = join_kept(db_, early);
      if (!one)
        return one.error();
      if (*one)
        out.joined.push_back(std::move(**one));
    }
    auto left = db_.one(any_left, [](row& r) { return r.flag(); });
    if (!left)
      return left.error();
    out.more = left->value_or(false);
    return out;
  });
}

} // namespace tinybook::storage::postgres
