#include "http/ingress_actor.hpp"

#include "actors/ranking/messages.hpp"
#include "actors/sessions/messages.hpp"

#include <utility>

namespace tinybook::http {

ingress_state::ingress_state(self_pointer<actor_type> self,
                             std::shared_ptr<live_state> live, listener_probe probe,
                             wall_clock clock)
    : self_(std::move(self)),
      live_(std::move(live)),
      probe_(std::move(probe)),
      clock_(std::move(clock)) {}

auto ingress_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const board_updated& pushed) { live_->publish(pushed.board); },
      [this](const session_revoked& revoked) {
        live_->revoked()->revoke(revoked.family, revoked.until, clock_());
        return done{};
      },
  };
}

actor_status ingress_state::status() const {
  auto status = probe_ ? probe_() : actor_status{};
  status.gauges.push_back(
      {"revoked_sessions", static_cast<double>(live_->revoked()->size())});
  auto board = live_->board(board_window::all);
  status.facts.push_back(
      {"board_as_of", board ? format_rfc3339(board->as_of()) : "none"});
  return status;
}

} // namespace tinybook::http
