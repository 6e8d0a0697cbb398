#pragma once

#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"
#include "actors/system/reply.hpp"
#include "storage/connection.hpp"
#include "storage/support/kill_point.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace tinybook {

/// Group commit for an actor that holds a connection: the first write sends a
/// `flush_batch` to the actor's own mailbox, and whatever arrived before that comes up
/// joins its transaction. While a commit waits for the disk the next group gathers, so
/// under load groups grow by themselves and without load nothing waits.
///
/// Every write is answered after its commit. One whose deadline has passed before it
/// begins, as when the database was locked for long, is not done: whoever sent it may
/// have sent it again. While another program locks the database or its disk is full,
/// /readyz and the log say so. A crash before the commit loses the group, and each of its
/// writes is answered with `unavailable`.
class write_group {
 public:
  write_group(any_self self, std::size_t max_size)
      : self_(std::move(self)), max_size_(max_size) {}

  /// Adds a write; the caller commits once the group `is_full`.
  template <class Command>
  caf::result<typename Command::reply> add(Command& command);

  [[nodiscard]] bool is_full() const { return writes_.size() >= max_size_; }
  [[nodiscard]] bool empty() const { return writes_.empty(); }

  /// Commits the group and answers its writes. Returns whether events may have been
  /// written: their publisher is to be woken.
  [[nodiscard]] bool commit(storage::connection& db);

  [[nodiscard]] actor_status status() const;

 private:
  class pending_write {
   public:
    virtual ~pending_write() = default;
    /// See `storage::connection::write`.
    virtual bool run(storage::connection& db) = 0;
    virtual void answer() = 0;
    /// Why this write alone failed; `none` where it did not.
    [[nodiscard]] virtual errc fault() const = 0;
    virtual void fail(const failure& why) = 0;
    [[nodiscard]] virtual bool emits_events() const = 0;
  };
  template <class Command>
  class write_of;

  void add(std::unique_ptr<pending_write> write);
  void note(const result<done>& committed,
            const std::vector<std::unique_ptr<pending_write>>& group);
  void note_trouble(errc now, const std::string& why);

  any_self self_;
  std::size_t max_size_;
  std::vector<std::unique_ptr<pending_write>> writes_;
  std::uint64_t commits_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t failed_commits_ = 0;
  errc trouble_ = errc::none; ///< `database_busy` or `storage_full` while it lasts.
};

template <class Command>
class write_group::write_of final : public pending_write {
 public:
  using reply = typename Command::reply;

  write_of(Command&& command, const any_self& self)
      : command_(std::move(command)),
        reply_to_(self),
        outcome_(failure{errc::unavailable, self.meter->name() + " did not get to it"}) {}

  [[nodiscard]] caf::result<reply> promise() const { return reply_to_.promise(); }

  bool run(storage::connection& db) override {
    if (reply_to_.is_late()) {
      outcome_ = failure{errc::deadline_exceeded, "it would have been written too late"};
      return false;
    }
    outcome_ = db.run(command_);
    if constexpr (has_kill_points)
      kill_point(Command::kill_points.before);
    return outcome_.ok();
  }

  [[nodiscard]] errc fault() const override {
    return outcome_.ok() ? errc::none : outcome_.error().code;
  }

  void answer() override {
    if constexpr (has_kill_points)
      kill_point(Command::kill_points.after);
    reply_to_(std::move(outcome_));
  }

  void fail(const failure& why) override {
    // A write that was refused for a reason of its own keeps that.
    const auto code = fault();
    if (code == errc::none || code == errc::internal || code == errc::unavailable)
      reply_to_(why);
    else
      reply_to_(std::move(outcome_));
  }

  [[nodiscard]] bool emits_events() const override {
    return storage::event_source<Command>;
  }

 private:
  static constexpr bool has_kill_points = requires { Command::kill_points; };

  Command command_;
  pending_reply<reply> reply_to_;
  result<reply> outcome_;
};

template <class Command>
caf::result<typename Command::reply> write_group::add(Command& command) {
  auto write = std::make_unique<write_of<Command>>(std::move(command), self_);
  auto promise = write->promise();
  add(std::move(write));
  return promise;
}

} // namespace tinybook
