#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "tests/support/model_outbox.hpp"
#include "tests/support/model_provider_states.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <typeindex>
#include <utility>

namespace tinybook::test {

/// All commands that delivery sends to the database.
using delivery_store =
    store_interface<storage::outbox_commands, storage::archive_commands,
                    storage::provider_state_commands>;

/// The database, which outlives every actor, and its faults.
struct scripted_store {
  model_outbox model;
  model_provider_states states;
  /// Fails a command instead of running it; told by its type.
  std::function<std::optional<failure>(std::type_index)> fault;
  std::map<std::type_index, int> commands; ///< How many came, failed ones too.

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
  caf::result<typename Command::reply> run(const Command& command) {
    ++commands[typeid(Command)];
    if (auto why = fault ? fault(typeid(Command)) : std::nullopt)
      return to_error(*why);
    return answer(part_for<Command>().run(command));
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
        [](const timer_fired&) {},
        [this](const Commands& command) {
          return store_->run(command);
        }...,
    };
  }

 private:
  self_pointer<actor_type> self_;
  scripted_store* store_;
};

} // namespace tinybook::test
