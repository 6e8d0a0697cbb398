#include "storage/sqlite/phone_store.hpp"

#include "storage/sqlite/phone_rows.hpp"

#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto note_phone = R"sql(
INSERT INTO verified_phones (phone, first_at, last_at) VALUES (?1, ?2, ?2)
ON CONFLICT (phone) DO UPDATE SET last_at = max(last_at, excluded.last_at))sql";

constexpr auto find_phone = "SELECT 1 FROM verified_phones WHERE phone = ?";

// A message that its provider reported as lost was not delivered after all.
constexpr auto count_by_region = R"sql(
SELECT coalesce(nullif(region, ''), country_prefix) AS counted, '', count(*),
  sum(verified_at > 0)
FROM sms_messages INDEXED BY sms_messages_delivered
WHERE state = 2 AND finalized_at >= ?1 AND finalized_at < ?2 AND receipt <> 'failed'
GROUP BY counted ORDER BY counted)sql";

constexpr auto count_by_address = R"sql(
SELECT coalesce(nullif(region, ''), country_prefix) AS counted, client_address,
  count(*), sum(verified_at > 0)
FROM sms_messages INDEXED BY sms_messages_delivered
WHERE state = 2 AND finalized_at >= ?1 AND finalized_at < ?2 AND receipt <> 'failed'
GROUP BY counted, client_address HAVING count(*) >= ?3
ORDER BY sum(verified_at > 0) * 1.0 / count(*), count(*) DESC, counted,
  client_address LIMIT ?4)sql";

verified_share read_share(row& r) {
  return {.region = r.text(),
          .client_address = r.text(),
          .delivered = r.number(),
          .verified = r.number()};
}

} // namespace

result<done> note_phone_verified(handle& db, const std::string& phone, wall_time now) {
  if (auto noted = db.exec(note_phone, phone, now); !noted)
    return noted.error();
  return done{};
}

result<phone_known> sqlite_phone_store::run(const is_phone_verified& command) {
  auto found = db_.one(
      find_phone, [](row& r) { return r.flag(); }, command.phone);
  if (!found)
    return found.error();
  return phone_known{found->has_value()};
}

result<verified_shares> sqlite_phone_store::run(const count_verified& command) {
  return db_.read_together([&]() -> result<verified_shares> {
    auto regions = db_.all(count_by_region, read_share, command.since, command.until);
    if (!regions)
      return regions.error();
    auto addresses = db_.all(count_by_address, read_share, command.since, command.until,
                             command.min_per_address, command.max_addresses);
    if (!addresses)
      return addresses.error();
    return verified_shares{std::move(*regions), std::move(*addresses)};
  });
}

} // namespace tinybook::storage::sqlite
