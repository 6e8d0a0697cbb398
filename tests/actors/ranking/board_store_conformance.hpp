#pragma once

#include "actors/ranking/board_store.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace tinybook::test {

/// A board store, empty at first, with a call for each message.
class board_store_fixture {
 public:
  virtual ~board_store_fixture() = default;
  virtual result<boards_applied> run(apply_to_boards m) = 0;
  virtual result<boards_seen> run(look_at_boards m) = 0;
  virtual result<board_place> run(find_in_board m) = 0;
  virtual result<walk_grant> run(begin_walk m) = 0;
  virtual result<done> run(finish_walk m) = 0;
  /// Lets time pass for the store.
  virtual void pass(std::chrono::milliseconds d) = 0;
};

using make_board_store = std::function<std::unique_ptr<board_store_fixture>()>;

/// The conformance suite of board stores, in doctest subcases.
void board_rules_conformance(const make_board_store& make);
void board_windows_conformance(const make_board_store& make);
void board_epochs_conformance(const make_board_store& make);
/// `runs` random histories, compared with `naive_boards`.
void board_random_conformance(const make_board_store& make, int runs);

} // namespace tinybook::test
