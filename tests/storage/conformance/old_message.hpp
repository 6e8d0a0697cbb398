#pragma once

#include "storage/phone_store.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"

#include <string>

namespace tinybook::test {

/// Stores a delivered message in the first schema; `no_bytes` is the database's literal
/// for an empty blob.
inline std::string old_message(const std::string& no_bytes) {
  return R"sql(
INSERT INTO sms_messages (phone, country_prefix, client_address, purpose, template_name,
  sealed_parameters, key_id, code_id, priority, created_at, run_at, expires_at, state,
  progress, client_ref, finalized_at)
VALUES ('+8613800138000', '+86', '192.0.2.1', 'login', 'code', )sql"
         + no_bytes + R"sql(, 'k1', 1, 0, 1, 1, 2, 2,
  '', 'ref', 5))sql";
}

/// Checks that it is still there, in the present schema.
inline void check_old_message(storage::connection& db) {
  CHECK(must(db, storage::find_message{1}).message.region.empty());
  const auto told = must(
      db, storage::count_verified{wall_time{}, wall_time{} + std::chrono::seconds{1}, 1});
  REQUIRE(told.regions.size() == 1);
  CHECK(told.regions[0].region == "+86");
  CHECK(told.regions[0].delivered == 1);
  REQUIRE(told.addresses.size() == 1);
  CHECK(told.addresses[0].region == "+86");
}

} // namespace tinybook::test
