#pragma once

#include "actors/system/actor_directory.hpp"
#include "actors/system/root_supervisor.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

/// Collects the children of the root supervisor while the system is wired. Addresses are
/// declared first, so that actors can refer to each other in cycles; the order of
/// `define` is the start order, its reverse the stop order.
class actor_tree {
 public:
  explicit actor_tree(directory_ptr directory) : directory_(std::move(directory)) {}

  /// The address of an actor that is defined later.
  template <class Interface>
  [[nodiscard]] address<Interface> declare(std::string name, std::string kind,
                                           std::string parent = "root") {
    address<Interface> at{std::make_shared<actor_meter>(std::move(name), std::move(kind),
                                                        std::move(parent))};
    directory_->add({at.meter(), [at = any_address{at}] {
                       return at.untyped();
                     }});
    return at;
  }

  /// Says how the actor at `at` is built at each start: `State(self, args...)`.
  template <class State, caf::spawn_options Options = caf::no_spawn_options,
            class Interface, class... Args>
  void define(const address<Interface>& at, Args... args) {
    children_.push_back(
        {at.meter(),
         [at, args...](caf::actor_system& system) mutable {
           return caf::actor_cast<caf::actor>(
               system.spawn<actor_of_state<Interface, State>, Options>(at, args...));
         },
         [at = any_address{at}] {
           at.clear();
         }});
  }

  [[nodiscard]] std::vector<child_spec> take_children() { return std::move(children_); }
  [[nodiscard]] const directory_ptr& directory() const { return directory_; }

 private:
  directory_ptr directory_;
  std::vector<child_spec> children_;
};

} // namespace tinybook
