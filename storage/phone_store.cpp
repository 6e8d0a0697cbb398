#include "storage/phone_store.hpp"

#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto note_phone = R"sql(
INSERT INTO verified_phones (phone, first_at, last_at) VALUES ($1, $2, $2)
ON CONFLICT (phone) DO UPDATE
SET last_at = excluded.last_at
WHERE excluded.last_at > verified_phones.last_at)sql";

constexpr auto find_entered = R"sql(
SELECT 1 FROM sms_messages
WHERE entered_by = $1 AND entered_by <> '' AND phone = $2 AND purpose = $3
  AND verified_at >= $4
LIMIT 1)sql";

// A message that its provider reported as lost was not delivered after all.
constexpr auto count_by_region = R"sql(
SELECT region, '', count(*), count(*) FILTER (WHERE verified_at > 0)
FROM (
  SELECT coalesce(nullif(region, ''), country_prefix) AS region, verified_at
  FROM sms_messages /* sqlite: INDEXED BY sms_messages_delivered */
  WHERE state = 2 AND finalized_at >= $1 AND finalized_at < $2 AND receipt <> 'failed'
) AS delivered
GROUP BY region ORDER BY region COLLATE "C")sql";

constexpr auto count_by_address = R"sql(
SELECT region, client_address, count(*), count(*) FILTER (WHERE verified_at > 0)
FROM (
  SELECT coalesce(nullif(region, ''), country_prefix) AS region, client_address,
    verified_at
  FROM sms_messages /* sqlite: INDEXED BY sms_messages_delivered */
  WHERE state = 2 AND finalized_at >= $1 AND finalized_at < $2 AND receipt <> 'failed'
) AS delivered
GROUP BY region, client_address HAVING count(*) >= $3
ORDER BY count(*) FILTER (WHERE verified_at > 0) * 1.0 / count(*), count(*) DESC,
  region COLLATE "C", client_address COLLATE "C" LIMIT $4)sql";

bool read_one(row& r) {
  return r.number() != 0;
}

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

result<code_entered> run(handle& db, const was_code_entered& command) {
  auto found = db.one(find_entered, read_one, command.once, command.key.phone,
                      command.key.purpose, command.since);
  if (!found)
    return found.error();
  return code_entered{found->has_value()};
}

result<verified_shares> run(handle& db, const count_verified& command) {
  return db.read_together([&]() -> result<verified_shares> {
    auto regions = db.all(count_by_region, read_share, command.since, command.until);
    if (!regions)
      return regions.error();
    auto addresses = db.all(count_by_address, read_share, command.since, command.until,
                            command.min_per_address, command.max_addresses);
    if (!addresses)
      return addresses.error();
    return verified_shares{std::move(*regions), std::move(*addresses)};
  });
}

} // namespace tinybook::storage
