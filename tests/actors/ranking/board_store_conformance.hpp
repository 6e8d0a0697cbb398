#pragma once

#include "actors/ranking/board_messages.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace tinybook::test {

/// A board store of its own, empty at first, behind one call a message.
class board_store_door {
 public:
  virtual ~board_store_door() = default;
  virtual result<boards_applied> run(apply_to_boards m) = 0;
  virtual result<boards_seen> run(look_at_boards m) = 0;
  virtual result<board_place> run(find_in_board m) = 0;
  virtual result<walk_grant> run(begin_walk m) = 0;
  virtual result<done> run(finish_walk m) = 0;
  /// Lets time pass for the store.
  virtual void pass(std::chrono::milliseconds d) = 0;
};

using make_board_store = std::function<std::unique_ptr<board_store_door>()>;

/// What every board store does, in doctest subcases.
void board_rules_conformance(const make_board_store& make);
void board_windows_conformance(const make_board_store& make);
void board_epochs_conformance(const make_board_store& make);
/// Random arrivals against a map and a sort; `runs` of them.
void board_random_conformance(const make_board_store& make, int runs);

} // namespace tinybook::test
