#include "storage/restored_backup.hpp"

#include "storage/dialect.hpp"
#include "storage/handle.hpp"

namespace tinybook::storage {

namespace {

constexpr auto end_waiting = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = ''::bytea, lease_until = 0, finalized_at = $1
WHERE state < 2)sql";

constexpr auto erase_for_redrives = R"sql(
UPDATE sms_messages SET sealed_parameters = ''::bytea
WHERE state = 4 AND sealed_parameters <> ''::bytea)sql";

constexpr auto end_codes = R"sql(
UPDATE sms_messages SET code_hash = ''::bytea
WHERE verified_at = 0 AND expires_at > $1 AND code_hash <> ''::bytea)sql";

/// The clock of this machine may be ahead of the database's.
constexpr auto end_all_codes = R"sql(
UPDATE sms_messages SET code_hash = ''::bytea
WHERE verified_at = 0 AND code_hash <> ''::bytea)sql";

constexpr auto clear_code_states = "UPDATE code_states SET codes = ''";

constexpr std::int64_t ids_left_out = 1'000'000;

} // namespace

result<settled_backup> run(handle& db, const settle_backup& command) {
  return db.transact([&]() -> result<settled_backup> {
    auto messages = db.exec(end_waiting, command.now);
    if (!messages)
      return messages.error();
    auto codes = db.exec(end_codes, command.now);
    if (!codes)
      return codes.error();
    for (const auto* statement : {end_all_codes, erase_for_redrives, clear_code_states})
      if (auto ran = db.exec(statement); !ran)
        return ran.error();
    for (const auto* table : {"users", "articles", "sms_messages"})
      if (auto left = db.dialect().leave_out_ids(db, table, ids_left_out); !left)
        return left.error();
    return settled_backup{.messages = *messages, .codes = *codes};
  });
}

} // namespace tinybook::storage
