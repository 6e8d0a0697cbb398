#pragma once

#include "storage/sms_outbox.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/random.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace tinybook::bench {

/// The progress of a message that went out at its first try.
inline constexpr auto sent_progress = R"({"awaits_receipt":false,"holds":[],"round":0,)"
                                      R"("total_tries":1,"tried":["bench"]})";

[[nodiscard]] std::string phone_of(std::int64_t index);
/// The hash of every code: the benchmarks do not depend on it.
[[nodiscard]] std::string code_hash();

/// The message of log-in code `index` (from 1) with the state that verifies it.
[[nodiscard]] storage::submit_message message_of(std::int64_t index, const keyring& keys,
                                                 random_source& random, wall_time run_at);

/// Stores `rows` log-in codes with the states that verify them, as the product does, in
/// an empty `folder`; due at `run_at`.
void store_messages(const std::filesystem::path& folder, const keyring& keys,
                    std::int64_t rows, wall_time run_at);

/// The body that the webhook provider posts for stored message `index`, as long and of
/// the same fields.
[[nodiscard]] std::string webhook_body(std::int64_t index);

/// Claims and completes all rows of `folder` with SQLite's plain C interface: `batch`
/// rows are read and leased in one transaction, then ended, each with its attempt, in a
/// second one. `synchronous=FULL`. Rows a second.
[[nodiscard]] double drain_raw(const std::filesystem::path& folder, int batch);

/// Inserts `rows` pending messages by one statement, due at `run_at`; their parameters
/// cannot be decrypted.
void store_pending(const std::filesystem::path& folder, std::int64_t rows,
                   wall_time run_at);

} // namespace tinybook::bench
