#pragma once

#include "storage/like_event.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace tinybook::storage {

/// A committed event that the bus has not confirmed yet.
struct stored_event {
  /// Of the outbox row. Ids do not commit in order on every back end.
  std::int64_t id = 0;
  wall_time stored_at{};
  article_event event;
};

struct stored_events {
  std::vector<stored_event> events;
  /// Every event that was committed before this time is either among `events` or was
  /// confirmed and deleted: the time of the read, or that of the oldest unconfirmed event
  /// that is not among them. On a shared database by its own clock.
  wall_time complete_until{};
};

/// At most `limit` unconfirmed events, oldest first. Where several replicas share the
/// database: those that this replica wrote, and those of any replica that were stored
/// `orphaned_after` ago or longer (their own publisher is gone). Two replicas that get
/// the same event both publish it, which the versions make harmless.
struct pending_events {
  using reply = stored_events;
  static constexpr bool writes = false;
  std::int64_t limit = 500;
  wall_time now{};
  std::chrono::milliseconds orphaned_after{std::chrono::seconds{5}};
};
result<stored_events> run(handle& db, const pending_events& command);

/// Deletes confirmed events; ids that are gone are skipped.
struct remove_events {
  using reply = done;
  static constexpr bool writes = true;
  std::vector<std::int64_t> ids;
};
result<done> run(handle& db, const remove_events& command);

struct event_commands : commands<pending_events, remove_events> {};

} // namespace tinybook::storage
