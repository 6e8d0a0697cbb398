#pragma once

#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"
#include "actors/system/reply.hpp"
#include "storage/connection.hpp"
#include "storage/support/kill_point.hpp"

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace tinybook {

/// Group commit for an actor that holds a connection: the first write sends a marker (a
/// `timer_fired` of generation 0) to the actor's own mailbox, and whatever has arrived
/// before the marker comes up joins its transaction. While a commit waits for the disk
/// the next group gathers, so under load groups grow by themselves and without load
/// nothing waits.
///
/// Every write is answered after its commit. A crash before it loses the group, and every
/// one of its writes is answered with `unavailable`.
template <class Handle>
class write_group {
 public:
  /// Of a commit, for whoever looks after the group.
  struct outcome {
    result<done> committed{done{}};
    bool events =
        false; ///< Events may have been written: their publisher is to be woken.
  };

  write_group(self_pointer<Handle> self, std::size_t max_size)
      : self_(std::move(self)), max_size_(max_size) {}

  /// Takes a write in; the group is full where this makes `is_full`.
  template <class Command>
  caf::result<typename Command::reply> add(storage::connection& db, Command& command);

  [[nodiscard]] bool is_full() const { return writes_.size() >= max_size_; }
  [[nodiscard]] bool empty() const { return writes_.empty(); }

  /// Writes what has gathered and answers it.
  outcome commit(storage::connection& db);

  [[nodiscard]] actor_status status() const;

 private:
  struct pending_write {
    storage::connection::write run;
    std::function<void()> answer;
    std::function<void(const failure&)> fail;
    bool emits_events = false;
  };

  self_pointer<Handle> self_;
  std::size_t max_size_;
  std::vector<pending_write> writes_;
  std::uint64_t commits_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t failed_commits_ = 0;
};

template <class Handle>
template <class Command>
caf::result<typename Command::reply> write_group<Handle>::add(storage::connection& db,
                                                              Command& command) {
  using reply = typename Command::reply;
  struct write {
    Command command;
    pending_reply<reply> reply_to;
    result<reply> outcome;
  };
  constexpr bool submits = std::is_same_v<Command, storage::submit_message>;
  auto shared = std::make_shared<write>(
      write{std::move(command), pending_reply<reply>{self_},
            failure{errc::unavailable, self_.meter->name() + " did not come to it"}});
  auto promise = shared->reply_to.promise();
  writes_.push_back({
      [&db, shared] {
        shared->outcome = storage::run_on(db, shared->command);
        if constexpr (submits)
          kill_point("before_commit");
        return shared->outcome.ok();
      },
      [shared] {
        if constexpr (submits)
          kill_point("after_commit");
        shared->reply_to(std::move(shared->outcome));
      },
      [shared](const failure& why) {
        // A write that failed by its own rule keeps its own reason.
        const auto code =
            shared->outcome.ok() ? errc::none : shared->outcome.error().code;
        if (code == errc::none || code == errc::internal || code == errc::unavailable)
          shared->reply_to(why);
        else
          shared->reply_to(std::move(shared->outcome));
      },
      storage::event_source<Command>,
  });
  if (writes_.size() == 1)
    self_->send(self_.handle(), timer_fired{});
  return promise;
}

template <class Handle>
auto write_group<Handle>::commit(storage::connection& db) -> outcome {
  outcome out;
  if (writes_.empty())
    return out;
  auto group = std::exchange(writes_, {});
  std::vector<storage::connection::write> writes;
  writes.reserve(group.size());
  for (auto& w : group)
    writes.push_back(std::move(w.run));
  out.committed = db.write_batch(writes);
  ++commits_;
  written_ += group.size();
  for (const auto& w : group) {
    out.events = out.events || (out.committed && w.emits_events);
    if (out.committed)
      w.answer();
    else
      w.fail(out.committed.error());
  }
  if (!out.committed) {
    ++failed_commits_;
    self_.meter->note_error(out.committed.error().detail);
  }
  return out;
}

template <class Handle>
actor_status write_group<Handle>::status() const {
  auto mean =
      commits_ == 0 ? 0.0 : static_cast<double>(written_) / static_cast<double>(commits_);
  return {{{"commits", static_cast<double>(commits_)},
           {"writes", static_cast<double>(written_)},
           {"mean_group", mean, static_cast<double>(max_size_)},
           {"failed_commits", static_cast<double>(failed_commits_)}},
          {}};
}

} // namespace tinybook
