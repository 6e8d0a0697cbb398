#pragma once

#include "actors/codes/code_rules.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
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
/// operations return, and `put` them at start.
class code_book {
 public:
  static constexpr std::size_t sweep_step = 8;

  code_book(code_rules rules, std::size_t capacity);

  /// Issues a code; the new state, or `send_cooldown` or `codes_full` with Retry-After.
  [[nodiscard]] result<code_state> issue(const code_key& key, wall_time now,
                                         new_code code);

  /// Replaces a live code in its place; the new state, or `wrong_state`.
  [[nodiscard]] result<code_state> replace(const code_key& key, wall_time now,
                                           std::int64_t replaced, new_code code);

  /// Tries a code by the rules of `tinybook::verify`. `state` of the answer is to be
  /// committed before the verdict is told.
  [[nodiscard]] verified_state verify(const code_key& key, wall_time now,
                                      std::span<const candidate_hash> candidates,
                                      std::string_view asker);

  [[nodiscard]] bool wanted(const code_key& key, std::int64_t code_id,
                            wall_time now) const;

  /// Takes back a code whose message could not be stored; the state that remains.
  code_state withdraw(const code_key& key, std::int64_t code_id, wall_time now);

  /// Sets one state as it was committed, also over what is there. Live codes are taken
  /// even beyond the capacity; a state without one is dropped when there is no room.
  void put(const code_key& key, code_state state, wall_time now);

  /// The state of `key`, or nothing. Valid until the next operation that is not const.
  [[nodiscard]] const code_state* find(const code_key& key) const;

  /// Forgets up to `limit` states that have expired; how many it looked at.
  std::size_t sweep(wall_time now, std::size_t limit = sweep_step);

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  /// States that had a live code when they were last looked at.
  [[nodiscard]] std::size_t live() const { return by_end_[live_codes].size(); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  /// What a state is kept for; in this order the kinds are dropped, `live` never.
  enum kind : std::size_t { cooling, budget, live_codes, kinds };
  using end_index = std::set<std::pair<wall_time, const code_key*>>;

  struct entry {
    code_state state;
    kind why = cooling;
    wall_time end{}; ///< Until when it is of that kind.
  };
  using state_map = std::unordered_map<code_key, entry, code_key_hash>;

  code_rules rules_;
  std::size_t capacity_;
  state_map states_;
  std::array<end_index, kinds> by_end_; ///< One a kind, what ends first in front.

  [[nodiscard]] std::pair<kind, wall_time> classify(const code_state& state,
                                                    wall_time now) const;
  void store(const code_key& key, code_state state, wall_time now);
  void unlink(state_map::value_type& item);
  void link_or_erase(state_map::iterator it, wall_time now);
  [[nodiscard]] bool has_ended(kind of, wall_time now) const;
  void retire_front(kind of, wall_time now);
  [[nodiscard]] bool make_room();
};

} // namespace tinybook
