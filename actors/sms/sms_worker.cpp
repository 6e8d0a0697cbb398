#include "actors/sms/sms_worker.hpp"

#include "storage/support/kill_point.hpp"

#include <utility>

namespace tinybook {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

auto sms_worker_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const run_send& command) { return send(command); },
  };
}

send_outcome sms_worker_state::send(const run_send& command) {
  const auto started = self_->clock().now();
  send_outcome outcome;
  kill_point("before_provider");
  try {
    outcome = client_->send(command.message, command.timeout);
    self_.meter->health.error_ends(system_now());
  } catch (...) {
    // The exception's text may quote the message, which holds a code: it is not told.
    outcome = {};
    outcome.provider_code = "exception";
    outcome.text = "the provider's client failed";
    self_.meter->health.note_error("a provider's client threw an exception",
                                   system_now());
  }
  kill_point("after_provider_answer");
  outcome.took = duration_cast<milliseconds>(self_->clock().now() - started);
  return outcome;
}

sms_worker_spawner detached_workers(sms_provider_factory make_client) {
  return worker_spawner<caf::detached>(std::move(make_client));
}

} // namespace tinybook
