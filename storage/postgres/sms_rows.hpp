#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/sms_archive.hpp"

#include <optional>
#include <vector>

namespace tinybook::storage::postgres {

[[nodiscard]] result<std::optional<sms_message>> find_message_row(handle& db,
                                                                  message_id id);

/// The row with its tries and reports, and what was done about it.
[[nodiscard]] result<std::optional<message_history>> find_history(handle& db,
                                                                  message_id id);

struct stored_row {
  message_id id = 0;
  bool is_new = true; ///< False: its idempotency key named this row before.
};

/// Makes a new, ready row of `message` as `submit_message` says.
[[nodiscard]] result<stored_row> store_message_row(handle& db,
                                                   const sms_message& message);

/// Reads a row whose columns stand in the order of the struct.
[[nodiscard]] sms_message read_message(row& r);

/// Ends the row of `key` that is not terminal, if there is one, as expired.
[[nodiscard]] result<done> end_pending_message(handle& db, const code_key& key,
                                               wall_time now);

} // namespace tinybook::storage::postgres
