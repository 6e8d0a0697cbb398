#include "actors/events/messages.hpp"
#include "actors/store/sqlite_workers.hpp"
#include "actors/system/ask.hpp"

#include <stdexcept>
#include <utility>

namespace tinybook {

template <class... Commands>
auto store_writer_state::behavior_for(storage::commands<Commands...>)
    -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return group_.status(); },
      [this](const shut_down&) {
        commit();
        self_->quit(caf::exit_reason::user_shutdown);
      },
      [](const timer_fired&) {},
      [this](Commands& command) {
        return add(command);
      }...,
      [this](const flush_batch&) { commit(); },
  };
}

auto store_writer_state::make_behavior() -> actor_type::behavior_type {
  auto opened = database_->open_writer();
  if (!opened)
    throw std::runtime_error(opened.error().detail);
  connection_ = std::move(*opened);
  connection_->set_audit_sink(audited_);
  return behavior_for(store_actor::write_commands{});
}

template <class Command>
caf::result<typename Command::reply> store_writer_state::add(Command& command) {
  auto promise = group_.add(command);
  if (group_.is_full())
    commit();
  return promise;
}

void store_writer_state::commit() {
  if (group_.empty())
    return;
  if (group_.commit(*connection_))
    tell(publisher_, events_committed{});
}

} // namespace tinybook
