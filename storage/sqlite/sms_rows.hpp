#pragma once

#include "storage/sms_outbox.hpp"
#include "storage/sqlite/handle.hpp"

#include <optional>
#include <vector>

namespace tinybook::storage::sqlite {

[[nodiscard]] result<std::optional<sms_message>> find_message_row(handle& db,
                                                                  message_id id);

/// Ready rows of one priority whose `run_at` has come, the earliest first.
[[nodiscard]] result<std::vector<sms_message>>
due_message_rows(handle& db, std::int32_t priority, wall_time now, std::int64_t limit);

[[nodiscard]] result<done> insert_attempt(handle& db, message_id id,
                                          const sms_attempt& attempt);

[[nodiscard]] result<std::vector<sms_attempt>> attempts_of(handle& db, message_id id);

/// Ends the row of `key` that is not terminal, if there is one, as expired.
[[nodiscard]] result<done> end_pending_message(handle& db, const code_key& key,
                                               wall_time now);

} // namespace tinybook::storage::sqlite
