#pragma once

#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <optional>
#include <vector>

namespace tinybook::storage {

/// Writes the state of one phone and purpose after a wrong try, before the answer goes
/// out.
struct save_code_state {
  using reply = done;
  static constexpr bool writes = true;
  keyed_code_state state;
};
result<done> run(handle& db, const save_code_state& command);

/// The codes of one phone and purpose by their messages, the newest last.
struct live_codes {
  std::vector<live_code> codes; ///< Without the tries left, which the rows do not hold.
};

/// The last codes at `now`, as far as the messages tell: those that were neither used nor
/// replaced. Restores a cache that has lost them.
struct find_live_codes {
  using reply = live_codes;
  static constexpr bool writes = false;
  code_key key;
  wall_time now{};
};
result<live_codes> run(handle& db, const find_live_codes& command);

/// What a message's row tells of its code.
struct code_row {
  message_id id = 0;
  message_id parent = 0; ///< The message that this one replaced; 0 = none.
  live_code code;
};

/// The last codes of `rows` (the messages of one phone and purpose that have neither run
/// out nor were used). A message that replaced another takes its place in the order.
[[nodiscard]] std::vector<live_code> last_codes(const std::vector<code_row>& rows);

struct code_states {
  std::vector<keyed_code_state> states;
};

/// Every stored state that still matters at `now`, read at start; or that of `only`.
struct load_code_states {
  using reply = code_states;
  static constexpr bool writes = false;
  wall_time now{};
  std::optional<code_key> only{};
};
result<code_states> run(handle& db, const load_code_states& command);

struct removed_states {
  std::int64_t rows = 0;
};

/// Deletes at most `limit` states that no longer matter at `now`.
struct remove_code_states {
  using reply = removed_states;
  static constexpr bool writes = true;
  wall_time now{};
  std::int64_t limit = 1000;
};
result<removed_states> run(handle& db, const remove_code_states& command);

struct code_commands
    : commands<load_code_states, find_live_codes, save_code_state, remove_code_states> {};

} // namespace tinybook::storage
