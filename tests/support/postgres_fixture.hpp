#pragma once

#include "actors/events/messages.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/provider_table.hpp"
#include "actors/store/database_session.hpp"
#include "actors/store/postgres_worker.hpp"
#include "config/loader.hpp"
#include "storage/postgres/database.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/postgres_server.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <poll.h>
#include <string>
#include <utility>

namespace tinybook::test {

/// The server shared by all cases of this program that do not disturb it.
inline postgres_server& shared_postgres() {
  static postgres_server server;
  return server;
}

/// A new, empty database of the shared server; its name.
inline std::string new_postgres_database() {
  static int count = 0;
  auto name = "database_" + std::to_string(++count);
  shared_postgres().create_database(name);
  return name;
}

/// Stands for an actor: counts messages of one kind and ignores the others.
template <class Handle, class Message>
struct message_counter {
  explicit message_counter(actor_fixture& fixture, const std::string& name)
      : at(std::make_shared<actor_meter>(name, "test", "")) {
    auto counter = fixture.sys.spawn([this](caf::event_based_actor* self) {
      self->set_default_handler(caf::drop);
      return caf::behavior{[this](const Message&) {
        ++count;
      }};
    });
    at.set(caf::actor_cast<handle_of<Handle>>(counter));
    stop = [counter] {
      caf::anon_send_exit(counter, caf::exit_reason::kill);
    };
  }
  ~message_counter() {
    at.clear();
    stop();
  }
  message_counter(const message_counter&) = delete;
  message_counter& operator=(const message_counter&) = delete;

  int count = 0;
  address<Handle> at;
  std::function<void()> stop;
};

/// One replica's store actors over a real PostgreSQL, under virtual time except while
/// they wait for the server.
class postgres_replica {
 public:
  postgres_replica(actor_fixture& fixture, const std::string& url,
                   const std::string& name, bool gated)
      : fixture_(fixture),
        publisher(fixture, "publisher"),
        failover(fixture, "failover") {
    storage::postgres_options options{config::defaults().postgres};
    options.url = url;
    options.replica = name;
    options.statement_timeout = std::chrono::milliseconds{1000};
    options.lock_timeout = std::chrono::milliseconds{500};
    options.reconnect_base = std::chrono::milliseconds{5};
    options.reconnect_cap = std::chrono::milliseconds{20};
    options.gated = gated;
    auto opened = storage::postgres_database::open(std::move(options));
    REQUIRE(opened.ok());
    database = std::move(*opened);
    fixture.start<store_actor::worker, postgres_worker_state>(
        worker, postgres_worker_config{256}, database, publisher.at);
  }

  /// Runs the actors, some real and some virtual time at a turn, until `there` holds;
  /// false after ten seconds.
  bool comes_true(const std::function<bool()>& there) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!there()) {
      if (std::chrono::steady_clock::now() > until)
        return false;
      fixture_.advance(std::chrono::milliseconds{100}, std::chrono::milliseconds{50});
      ::poll(nullptr, 0, 5);
    }
    return true;
  }

  template <class Command>
  errc code_of(Command command) {
    auto out = fixture_.ask(worker.get(), std::move(command));
    return out.ok() ? errc::none : out.error().code;
  }

 private:
  actor_fixture& fixture_;

 public:
  message_counter<event_publisher_actor, events_committed> publisher;
  message_counter<failover_supervisor_actor, outbox_changed> failover;
  std::shared_ptr<storage::postgres_database> database;
  address<store_actor::worker> worker{
      std::make_shared<actor_meter>("worker", "store worker", "test")};
};

} // namespace tinybook::test
