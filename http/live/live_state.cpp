#include "http/live/live_state.hpp"

namespace tinybook::http {

void live_state::publish(const served_board& pushed) {
  if (!pushed.board)
    return;
  auto window = static_cast<std::size_t>(pushed.board->window);
  boards_.at(window) = std::make_shared<const rendered_board>(pushed);
}

} // namespace tinybook::http
