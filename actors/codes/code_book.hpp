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
/// all have one, `issue` for a new phone answers `codes_full`. To make room it first
/// drops states that have expired entirely, then the one without a live code that
/// matters least: one that only holds a cooldown (the one that ends first), then one
/// that holds wrong tries of others (the one whose day ends first). Such a loss allows
/// a send to that phone early, or refills its day; it takes `capacity` codes in flight
/// to cause it.
///
/// Every operation is O(log capacity); expired states are dropped at most `sweep_step`
/// at a time. Nothing here survives a crash: commit the states that the operations
/// return, and `put` them at start.
class code_book {
 public:
  static constexpr std::size_t sweep_step = 8;

  code_book(code_rules rules, std::size_t capacity);

  /// Issues a code. Returns the new state, or `send_cooldown` or `codes_full` with
  /// Retry-After.
  [[nodiscard]] result<code_state> issue(const code_key& key, wall_time now,
                                         new_code code);

  /// Replaces a live code in its place. Returns the new state, or `wrong_state`.
  [[nodiscard]] result<code_state> replace(const code_key& key, wall_time now,
                                           std::int64_t replaced, new_code code);

  /// Tries a code by the rules of `tinybook::verify`. Commit the returned state before
  /// the verdict is told.
  [[nodiscard]] verified_state verify(const code_key& key, wall_time now,
                                      std::span<const candidate_hash> candidates,
                                      std::string_view asker);

  [[nodiscard]] bool wanted(const code_key& key, std::int64_t code_id,
                            wall_time now) const;

  /// Takes back a code whose message could not be stored. Returns the state that remains.
  code_state withdraw(const code_key& key, std::int64_t code_id, wall_time now);

  /// Sets or replaces one state as it was committed. States with a live code are taken
  /// even beyond the capacity; others are dropped when there is no room.
  void put(const code_key& key, code_state state, wall_time now);

  /// The state of `key`, or nothing. Valid until the next operation that is not const.
  [[nodiscard]] const code_state* find(const code_key& key) const;

  /// Drops up to `limit` states that have expired. Returns how many it looked at.
  std::size_t sweep(wall_time now, std::size_t limit = sweep_step);

  [[nodiscard]] std::size_t size() const { return states_.size(); }
  /// States that had a live code when they were last touched.
  [[nodiscard]] std::size_t live() const { return by_end_[live_codes].size(); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  /// Why a state is kept. Dropped in this order to make room; live codes never.
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
  std::array<end_index, kinds> by_end_; ///< One for each kind; the first to end in front.

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
