#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::storage {

/// What the trail tells of.
enum class audit_kind : std::uint8_t {
  sign_up,
  log_in,
  log_in_failed, ///< Sampled: `audit.failures_per_account`.
  log_out,
  session_ended,  ///< One of their own, by its owner.
  sessions_ended, ///< All but the one that asked.
  token_reused,
  step_up,
  step_up_failed, ///< Sampled with the log-ins that failed, as the three below.
  phone_bound,
  phone_bind_failed,
  password_reset,
  password_reset_failed,
  password_changed,
  password_change_failed,
  exported,
  deletion_asked,
  account_restored,
  account_erased,
  account_banned,
  ban_lifted,
  article_taken_down,
  article_put_back,
  operator_acted, ///< On messages, providers, boards: the detail is the route.
  other,          ///< Written by a newer program.
};

/// In snake case, as stored and shown.
[[nodiscard]] std::string_view name_of(audit_kind kind);
[[nodiscard]] std::optional<audit_kind> audit_kind_of(std::string_view name);
/// All of them, in the order of their numbers.
[[nodiscard]] std::span<const std::string_view> audit_kind_names();

/// Who did it, and from where. No member holds a secret.
struct audit_source {
  std::string network{}; ///< The address, masked to its network; empty = not known.
  std::string device{};  ///< The browser in words.
  std::string by{};      ///< Of an operator's token; empty = the person themselves.
  std::string reason{};  ///< The operator's.
};

/// One entry of the trail.
struct audit_event {
  std::int64_t id = 0; ///< 0 = not stored yet.
  wall_time at{};
  user_id user = 0; ///< Whose account; 0 = nobody's.
  audit_kind kind = audit_kind::sign_up;
  audit_source from{};
  std::string detail{}; ///< In words of ours, such as `password` for how they logged in.
};

/// Is told of each entry once it is committed, from the thread of the database.
using audit_sink = std::function<void(const audit_event&)>;

} // namespace tinybook::storage
