#include "actors/store/sqlite_workers.hpp"

#include <stdexcept>

namespace tinybook {

template <class... Commands>
auto store_reader_state::behavior_for(storage::commands<Commands...>)
    -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const Commands& command) -> caf::result<typename Commands::reply> {
        return answer(connection_->run(command));
      }...,
  };
}

auto store_reader_state::make_behavior() -> actor_type::behavior_type {
  auto opened = database_->open_reader();
  if (!opened)
    throw std::runtime_error(opened.error().detail);
  connection_ = std::move(*opened);
  return behavior_for(store_actor::read_commands{});
}

} // namespace tinybook
