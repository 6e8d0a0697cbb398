#pragma once

#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <vector>

namespace tinybook::storage {

/// The state of one phone and purpose as a row.
struct keyed_code_state {
  code_key key;
  code_state state;
  wall_time matters_until{}; ///< The row can go from then on (see code_rules).
};

/// Writes the state of one phone and purpose after a wrong try or a consumption, before
/// the answer goes out (C3a). With `ends_pending`, the not yet delivered outbox row of
/// that phone and purpose ends as expired in the same transaction.
struct save_code_state {
  using reply = done;
  static constexpr bool writes = true;
  keyed_code_state state;
  bool ends_pending = false;
  wall_time now{};
};

struct code_states {
  std::vector<keyed_code_state> states;
};

/// Every stored state that still matters at `now`; read once, at start.
struct load_code_states {
  using reply = code_states;
  static constexpr bool writes = false;
  wall_time now{};
};

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

/// What the local code cache must find again after a crash.
class code_store {
 public:
  virtual ~code_store() = default;
  virtual result<done> run(const save_code_state&) = 0;
  virtual result<code_states> run(const load_code_states&) = 0;
  virtual result<removed_states> run(const remove_code_states&) = 0;
};

} // namespace tinybook::storage
