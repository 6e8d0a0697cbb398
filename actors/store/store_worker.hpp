#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "storage/connection.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

/// Reads on a connection of its own; spawned detached, for SQLite blocks. Stateless: a
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
  actor_type::behavior_type behavior_for(reads<Commands...>);

  self_pointer<actor_type> self_;
  std::shared_ptr<storage::database> database_;
  std::unique_ptr<storage::connection> connection_;
};

struct store_writer_config {
  std::size_t max_group = 256; ///< Writes that share one commit, at most.
};

/// The one writer of an SQLite database; spawned detached. Group commit: the first write
/// sends a marker to the own mailbox, and whatever has arrived before the marker comes up
/// joins its transaction. While a commit waits for the disk the next group gathers, so
/// under load groups grow by themselves and without load nothing waits.
///
/// Every write is answered after its commit. A crash before it loses the group, and every
/// one of its writes is answered with `unavailable`.
class store_writer_state {
 public:
  using actor_type = store_actor::writer;

  store_writer_state(self_pointer<actor_type> self, store_writer_config config,
                     std::shared_ptr<storage::database> database,
                     address<event_publisher_actor> publisher)
      : self_(std::move(self)),
        config_(config),
        database_(std::move(database)),
        publisher_(std::move(publisher)) {}

  ~store_writer_state() { commit(); }

  actor_type::behavior_type make_behavior();

 private:
  struct pending_write {
    storage::connection::write run;
    std::function<void()> answer;
    std::function<void(const failure&)> fail;
    bool emits_events = false;
  };

  template <class... Commands>
  actor_type::behavior_type behavior_for(writes<Commands...>);
  template <class Command>
  caf::result<typename Command::reply> add(Command& command);
  void commit();
  void answer(const std::vector<pending_write>& group, const result<done>& committed);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  store_writer_config config_;
  std::shared_ptr<storage::database> database_;
  address<event_publisher_actor> publisher_;
  std::unique_ptr<storage::connection> connection_;
  std::vector<pending_write> group_;
  std::uint64_t commits_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t failed_commits_ = 0;
};

} // namespace tinybook
