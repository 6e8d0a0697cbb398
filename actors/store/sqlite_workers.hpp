#pragma once

#include "actors/interfaces.hpp"
#include "actors/store/write_group.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "storage/connection.hpp"
#include "storage/stores.hpp"

#include <memory>

namespace tinybook {

/// Reads on a connection of its own; spawned detached, since SQLite blocks. Stateless: a
/// crash loses nothing, the requests under way are answered with `unavailable`.
class store_reader_state {
 public:
  using actor_type = store_actor::reader;

  store_reader_state(self_pointer<actor_type> self,
                     std::shared_ptr<storage::database> database)
      : self_(std::move(self)), database_(std::move(database)) {}

  actor_type::behavior_type make_behavior();

 private:
  template <class... Commands>
  actor_type::behavior_type behavior_for(storage::commands<Commands...>);

  self_pointer<actor_type> self_;
  std::shared_ptr<storage::database> database_;
  std::unique_ptr<storage::connection> connection_;
};

struct store_writer_config {
  std::size_t max_group = 0; ///< Writes that share one commit, at most.
  storage::audit_sink audited{};
};

/// The one writer of an SQLite database, with group commit; spawned detached.
class store_writer_state {
 public:
  using actor_type = with_own<store_actor::writer, flush_batch>;

  store_writer_state(self_pointer<actor_type> self, store_writer_config config,
                     std::shared_ptr<storage::database> database,
                     address<event_publisher_actor> publisher)
      : self_(self),
        audited_(std::move(config.audited)),
        database_(std::move(database)),
        publisher_(std::move(publisher)),
        group_(std::move(self), config.max_group) {}

  ~store_writer_state() { commit(); }

  actor_type::behavior_type make_behavior();

 private:
  template <class... Commands>
  actor_type::behavior_type behavior_for(storage::commands<Commands...>);
  template <class Command>
  caf::result<typename Command::reply> add(Command& command);
  void commit();

  self_pointer<actor_type> self_;
  storage::audit_sink audited_;
  std::shared_ptr<storage::database> database_;
  address<event_publisher_actor> publisher_;
  std::unique_ptr<storage::connection> connection_;
  write_group group_;
};

} // namespace tinybook
