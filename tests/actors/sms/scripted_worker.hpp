#pragma once

#include "actors/sms/sms_worker.hpp"
#include "actors/system/reply.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// The calls that one provider got, and how it answers.
struct scripted_provider_world {
  struct call {
    outgoing_sms message;
    wall_time at{};
  };

  /// Nothing = the call hangs until `release`.
  std::function<std::optional<send_outcome>(const outgoing_sms&)> answer;
  wall_clock clock;
  std::vector<call> calls;
  std::vector<std::function<void(send_outcome)>> hanging;
  /// How often its calls were aborted. Senders hold it weakly, for they outlive this.
  std::shared_ptr<int> cuts = std::make_shared<int>(0);

  void always(outcome_class kind) {
    answer = [kind](const outgoing_sms&) {
      send_outcome out;
      out.kind = kind;
      out.provider_message_id = kind == outcome_class::delivered ? "theirs-1" : "";
      return out;
    };
  }
  void throttle(std::chrono::milliseconds retry_after) {
    answer = [retry_after](const outgoing_sms&) {
      send_outcome out;
      out.kind = outcome_class::throttled;
      out.retry_after = retry_after;
      return out;
    };
  }
  void hang() {
    answer = [](const outgoing_sms&) {
      return std::nullopt;
    };
  }

  /// Lets every hanging call return.
  void release(outcome_class kind) {
    send_outcome out;
    out.kind = kind;
    for (auto& go_on : std::exchange(hanging, {}))
      go_on(out);
  }
};

/// A worker that can hang without a thread: while its call hangs, it answers nothing
/// else.
class scripted_worker_state {
 public:
  using actor_type = sms_worker_actor;

  scripted_worker_state(self_pointer<actor_type> self, scripted_provider_world* world)
      : self_(std::move(self)), world_(world) {}

  actor_type::behavior_type make_behavior() {
    return {
        [this](const get_status&) {
          pending_reply<actor_status> reply{self_};
          if (blocked_)
            queued_.push_back(reply);
          else
            reply(actor_status{});
          return reply.promise();
        },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired&) { go_on(); },
        [this](const run_send& command) { return send(command); },
    };
  }

 private:
  caf::result<send_outcome> send(const run_send& command) {
    world_->calls.push_back({command.message, world_->clock()});
    if (auto outcome = world_->answer(command.message))
      return *outcome;
    auto promise = blocked_.emplace(self_).promise();
    // By a message: a promise may be fulfilled only while its actor runs.
    world_->hanging.emplace_back([this, self = self_.handle()](send_outcome outcome) {
      released_ = std::move(outcome);
      caf::anon_send(self, timer_fired{});
    });
    return promise;
  }

  void go_on() {
    auto reply = std::exchange(blocked_, std::nullopt);
    if (reply)
      (*reply)(std::move(released_));
    for (auto& q : std::exchange(queued_, {}))
      q(actor_status{});
  }

  self_pointer<actor_type> self_;
  scripted_provider_world* world_;
  std::optional<pending_reply<send_outcome>> blocked_;
  send_outcome released_;
  std::vector<pending_reply<actor_status>> queued_;
};

[[nodiscard]] inline sms_worker_spawner scripted_workers(scripted_provider_world* world) {
  return
      [world](caf::actor_system& system, const std::string& name) -> sms_worker_handle {
        address<sms_worker_actor> at{
            std::make_shared<actor_meter>(name, "sms worker", "test")};
        system.spawn<managed_actor<sms_worker_actor, scripted_worker_state>>(at, world);
        return {at, [world, cuts = std::weak_ptr{world->cuts}] {
                  if (const auto alive = cuts.lock()) {
                    ++*alive;
                    world->release(outcome_class::ambiguous);
                  }
                }};
      };
}

} // namespace tinybook::test
