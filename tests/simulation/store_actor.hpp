#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "tests/actors/sms/scripted_store.hpp"
#include "tests/simulation/world.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <variant>

namespace tinybook::sim {

/// The connection of one process to the database: refuses, delays and loses answers as
/// the database's mood says.
template <class Handle, class Commands>
class store_actor_state;

template <class Handle, template <class...> class List, class... Commands>
class store_actor_state<Handle, List<Commands...>> {
 public:
  using actor_type = Handle;

  store_actor_state(self_pointer<actor_type> self, world* w, life_id life)
      : self_(std::move(self)), world_(w), life_(life) {}

  typename actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired& fired) {
          if (auto due = later_.extract(fired.generation))
            due.mapped()();
        },
        [this](const Commands& command) {
          return take(command);
        }...,
    };
  }

 private:
  template <class Command>
  caf::result<typename Command::reply> take(const Command& command) {
    const auto mood = world_->database;
    if (world_->happens(mood.fails))
      return to_error(errc::unavailable);
    if (world_->happens(mood.delays)) {
      pending_reply<typename Command::reply> reply{self_};
      const auto number = ++numbers_;
      later_[number] = [this, reply, command] {
        reply(run(command));
      };
      self_->delayed_send(self_.handle(), std::chrono::milliseconds{world_->pick(3000)},
                          timer_fired{number});
      return reply.promise();
    }
    auto done = run(command);
    if (world_->happens(mood.loses)) {
      pending_reply<typename Command::reply> lost{self_};
      later_[++numbers_] = [lost] {
      }; // Held for as long as the connection lives.
      return lost.promise();
    }
    return answer(std::move(done));
  }

  template <class Command>
  result<typename Command::reply> run(Command command) {
    set_clock(command);
    if constexpr (requires { world_->states.run(command); }) {
      return world_->states.run(command);
    } else {
      auto done = world_->outbox.run(command);
      note(command, done);
      return done;
    }
  }

  /// To the database's own, where several processes share it.
  template <class Command>
  void set_clock(Command& command) {
    if constexpr (requires { command.now; }) {
      if (world_->several)
        command.now = world_->database_wall();
    } else if constexpr (std::is_same_v<Command, storage::write_outcomes>) {
      for (auto& outcome : command.outcomes)
        std::visit([this](auto& one) { this->set_clock(one); }, outcome);
    }
  }

  template <class Command>
  void note(const Command& command, const result<typename Command::reply>& done) {
    if (!done)
      return;
    if constexpr (std::is_same_v<Command, storage::claim_messages>) {
      for (const auto& row : done->messages) {
        world_->truth.claimed(life_, row.id);
        world_->tell("claimed row " + std::to_string(row.id) + " by life "
                     + std::to_string(life_) + ", token "
                     + std::to_string(row.lease_token));
      }
    } else if constexpr (std::is_same_v<Command, storage::submit_message>) {
      world_->truth.accepted(done->id);
      world_->tell("stored row " + std::to_string(done->id));
    } else if constexpr (std::is_same_v<Command, storage::write_outcomes>) {
      for (std::size_t i = 0; i < done->size(); ++i)
        std::visit([&](const auto& one) { note(one, result{(*done)[i]}); },
                   command.outcomes[i]);
    } else if constexpr (std::is_same_v<Command, storage::finish_message>) {
      world_->tell("ended row " + std::to_string(command.id) + " as "
                   + std::to_string(static_cast<int>(command.state))
                   + (done->kept ? "" : ", refused"));
    } else if constexpr (std::is_same_v<Command, storage::reschedule_message>) {
      world_->tell("rescheduled row " + std::to_string(command.id) + ", token "
                   + std::to_string(command.token) + (done->kept ? "" : ", refused"));
    }
  }

  self_pointer<actor_type> self_;
  world* world_;
  life_id life_;
  std::uint64_t numbers_ = 0;
  std::map<std::uint64_t, std::function<void()>> later_;
};

} // namespace tinybook::sim
