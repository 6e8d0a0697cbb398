#pragma once

#include "http/auth/revocations.hpp"
#include "http/live/rendered_board.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace tinybook::http {

/// What is pushed to the pollers, so that they need not ask an actor: the latest
/// boards and the revoked sessions. Thread-safe. It survives a crash of the ingress
/// actor; what was pushed meanwhile comes again with the next push.
class live_state {
 public:
  live_state() : revoked_(std::make_shared<revocations>()) {}

  void publish(const served_board& pushed) {
    if (pushed.board)
      boards_.at(static_cast<std::size_t>(pushed.board->window)) =
          std::make_shared<const rendered_board>(pushed);
  }

  /// Nothing before the first push of that window.
  [[nodiscard]] std::shared_ptr<const rendered_board> board(board_window window) const {
    return boards_[static_cast<std::size_t>(window)].load();
  }

  [[nodiscard]] const std::shared_ptr<revocations>& revoked() const { return revoked_; }

 private:
  std::array<std::atomic<std::shared_ptr<const rendered_board>>, 3> boards_;
  std::shared_ptr<revocations> revoked_;
};

} // namespace tinybook::http
