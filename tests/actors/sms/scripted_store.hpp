#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "tests/support/model_outbox.hpp"
#include "tests/support/model_provider_states.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <variant>
#include <vector>

namespace tinybook::test {

/// All commands that delivery sends to the database.
using delivery_store =
    store_interface<storage::outbox_commands, storage::archive_commands,
                    storage::provider_state_commands>;

/// The database, which outlives every actor, and its faults.
struct scripted_store {
  model_outbox model;
  model_provider_states states;
  /// Fails a command instead of running it; told by its type, a batch of outcomes by its
  /// own and by those in it.
  std::function<std::optional<failure>(std::type_index)> fault;
  std::set<message_id> poisoned;           ///< Their outcomes fail.
  std::map<std::type_index, int> commands; ///< How many came, failed ones too.
  /// The rows of each batch of outcomes that was run, as they stood in it.
  std::vector<std::vector<message_id>> batches;
  bool holds_outcomes = false; ///< Batches are left in `held`.
  std::vector<std::function<void()>> held;

  template <class Command>
  void fail_next(int times) {
    fault = [times](std::type_index which) mutable -> std::optional<failure> {
      if (which != typeid(Command) || times-- <= 0)
        return std::nullopt;
      return failure{errc::unavailable, "the disk is gone"};
    };
  }

  template <class Command>
  [[nodiscard]] int count() {
    return commands[typeid(Command)];
  }

  template <class Command>
  result<typename Command::reply> run(const Command& command) {
    if (auto why = arrived(command))
      return *why;
    return part_for<Command>().run(command);
  }

  /// Lets what is held go; it is answered when things run next.
  void release() {
    holds_outcomes = false;
    for (auto& go_on : std::exchange(held, {}))
      go_on();
  }

  template <class Command>
  [[nodiscard]] auto& part_for() {
    if constexpr (requires(const Command& c) { states.run(c); })
      return states;
    else
      return model;
  }

  [[nodiscard]] storage::message_history message(message_id id) {
    auto found = model.run(storage::find_message{id});
    return found ? *found : storage::message_history{};
  }

 private:
  template <class Command>
  std::optional<failure> arrived(const Command& command) {
    ++commands[typeid(Command)];
    auto why = fault ? fault(typeid(Command)) : std::nullopt;
    if constexpr (std::is_same_v<Command, storage::write_outcomes>) {
      batches.emplace_back();
      for (const auto& outcome : command.outcomes)
        std::visit(
            [&](const auto& one) {
              batches.back().push_back(one.id);
              if (auto its = arrived(one))
                why = std::move(its);
              if (poisoned.contains(one.id))
                why = failure{errc::internal, "no such state"};
            },
            outcome);
    }
    return why;
  }
};

/// One actor of the store: its reader or its writer.
template <class Handle, class Commands>
class scripted_store_state;

template <class Handle, template <class...> class List, class... Commands>
class scripted_store_state<Handle, List<Commands...>> {
 public:
  using actor_type = Handle;

  scripted_store_state(self_pointer<actor_type> self, scripted_store* store)
      : self_(std::move(self)), store_(store) {}

  typename actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired&) {
          for (auto& go_on : std::exchange(released_, {}))
            go_on();
        },
        [this](const Commands& command) {
          return take(command);
        }...,
    };
  }

 private:
  template <class Command>
  caf::result<typename Command::reply> take(const Command& command) {
    if (!store_->holds_outcomes || !std::is_same_v<Command, storage::write_outcomes>)
      return answer(store_->run(command));
    pending_reply<typename Command::reply> reply{self_};
    store_->held.emplace_back([this, at = self_.handle(), reply, command] {
      released_.emplace_back([this, reply, command] { reply(store_->run(command)); });
      caf::anon_send(at, timer_fired{});
    });
    return reply.promise();
  }

  self_pointer<actor_type> self_;
  scripted_store* store_;
  std::vector<std::function<void()>> released_; ///< Of what was held, in our own context.
};

} // namespace tinybook::test
