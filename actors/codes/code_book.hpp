#pragma once

#include "actors/codes/code_rules.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tinybook {

/// All code states of one process, in bounded memory; the core of the `local` code cache.
///
/// At most `capacity` states are kept. A state with a live code is never dropped: when
/// all of them live, `issue` for a new phone answers `codes_full`. To make room it first
/// forgets what has expired entirely, then the state without a live code that matters
/// least: one that only holds a cooldown (the one that ends first), then one that holds
/// wrong tries of others (the one whose day ends first). Such a loss lets that phone be
/// sent to early, or refills its day; it takes `capacity` codes in flight to cause it.
///
/// Every operation is O(log capacity); forgetting is spread over the operations, at most
/// `sweep_step` states each. Nothing here survives a crash: commit the states that the
/// operations return, and give them to `load` at start.
class code_book {
 public:
  static constexpr std::size_t default_capacity = 100'000;
  static constexpr std::size_t sweep_step = 8;

  explicit code_book(code_rules rules = {}, std::size_t capacity = default_capacity);

  /// Issues a code; the new state, `send_cooldown` with Retry-After, or `codes_full`.
  [[nodiscard]] result<code_state> issue(const code_key& key, wall_time now,
                                         new_code code);

  /// Tries a code by the rules of `tinybook::verify`. `state` of the answer is to be
  /// committed before the verdict is told.
  [[nodiscard]] verified_state verify(const code_key& key, wall_time now,
                                      std::span<const candidate_hash> candidates,
                                      std::string_view asker);

  [[nodiscard]] bool wanted(const code_key& key, std::int64_t code_id,
                            wall_time now) const;

  /// Takes back a code whose message could not be stored; the state that remains.
  code_state withdraw(const code_key& key, std::int64_t code_id);

  /// Sets one state as it was committed, also over what is there. Live codes are taken
  /// even beyond the capacity; a state without one is dropped when there is no room.
  void put(const code_key& key, code_state state, wall_time now);

  /// Takes what was committed, at start.
  void load(std::vector<std::pair<code_key, code_state>> states, wall_time now);

  /// The state of `key`, or nothing. Valid until the next operation that is not const.
  [[nodiscard]] const code_state* find(const code_key& key) const;

  /// Forgets up to `limit` states that have expired; how many it looked at.
  std::size_t sweep(wall_time now, std::size_t limit = sweep_step);

  /// New limits count from now on; what codes have left of the old ones stays.
  void set_rules(const code_rules& rules);

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  /// States that had a live code when they were last looked at.
  [[nodiscard]] std::size_t live() const { return live_.size(); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  struct entry;
  using state_map = std::unordered_map<code_key, entry, code_key_hash>;
  /// (0 lives by codes, 1 cooldown only, 2 tries of others), end of that, key.
  using place = std::tuple<int, wall_time, const code_key*>;

  struct entry {
    code_state state;
    place where{};
  };

  code_rules rules_;
  std::size_t capacity_;
  state_map states_;
  std::set<place> live_; ///< By the end of their last live code.
  std::set<place> idle_; ///< What may be dropped, the least important first.

  [[nodiscard]] place place_of(const code_key& key, const code_state& state,
                               wall_time now) const;
  std::set<place>& index_of(const place& where);
  void store(const code_key& key, code_state state, wall_time now);
  void erase(state_map::iterator it);
  [[nodiscard]] bool make_room(wall_time now);
};

} // namespace tinybook
