#include "actors/store/postgres_worker.hpp"

#include "actors/events/messages.hpp"
#include "actors/system/ask.hpp"

#include <stdexcept>
#include <utility>

namespace tinybook {

namespace {

constexpr auto postgres_name = "postgres";

} // namespace

postgres_worker_state::postgres_worker_state(self_pointer<actor_type> self,
                                             postgres_worker_config config,
                                             std::shared_ptr<storage::database> database,
                                             address<event_publisher_actor> publisher)
    : self_(self),
      config_(std::move(config)),
      database_(std::move(database)),
      publisher_(std::move(publisher)),
      group_(self, config_.max_group),
      probe_(self, 1) {}

template <class... Reads, class... Writes>
auto postgres_worker_state::behavior_for(storage::commands<Reads...>,
                                         storage::commands<Writes...>)
    -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) {
        commit();
        self_->quit(caf::exit_reason::user_shutdown);
      },
      [this](const timer_fired& fired) {
        if (probe_.fired(fired))
          probe();
      },
      [this](const Reads& command) {
        return read(command);
      }...,
      [this](Writes& command) {
        return add(command);
      }...,
      [this](const flush_batch&) { commit(); },
  };
}

auto postgres_worker_state::make_behavior() -> actor_type::behavior_type {
  auto opened = database_->open_writer();
  if (!opened)
    throw std::runtime_error(opened.error().detail);
  connection_ = std::move(*opened);
  connection_->set_audit_sink(config_.audited);
  return behavior_for(store_actor::read_commands{}, store_actor::write_commands{});
}

template <class Command>
caf::result<typename Command::reply> postgres_worker_state::read(const Command& command) {
  auto out = connection_->run(command);
  note_reach();
  return answer(std::move(out));
}

template <class Command>
caf::result<typename Command::reply> postgres_worker_state::add(Command& command) {
  auto promise = group_.add(command);
  if (group_.is_full())
    commit();
  return promise;
}

void postgres_worker_state::probe() {
  static_cast<void>(connection_->ping());
  note_reach();
}

void postgres_worker_state::commit() {
  if (group_.empty())
    return;
  if (group_.commit(*connection_))
    tell(publisher_, events_committed{});
  note_reach();
}

actor_status postgres_worker_state::status() const {
  auto out = group_.status();
  const bool connected = connection_->missing() == nullptr;
  out.facts.push_back({"connected", connected ? "yes" : "no"});
  return out;
}

void postgres_worker_state::note_reach() {
  auto& health = self_.meter->health;
  if (connection_->missing() == nullptr)
    return health.ends(postgres_name);
  health.begins(postgres_name, health_level::failing, "the connection is lost",
                system_now());
  if (!probe_.armed())
    probe_.arm(config_.probe_each);
}

} // namespace tinybook
