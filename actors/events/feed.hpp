#pragma once

#include "actors/events/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/system/managed_actor.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace tinybook {

struct feed_config {
  default_timeout request_timeout{};
  std::size_t max_message_bytes = std::size_t{64} * 1024; ///< Ours are far smaller.
};

/// Decodes the messages of Kafka and hands them to the ranking; acks a batch after the
/// ranking did. A message that is not ours, malformed, too long, of an unknown version or
/// under a key that is not its own is poison: it is counted and skipped, so that it
/// cannot stop the feed, and the status shows why and where the last one was. One of a
/// newer format is a trouble, too: only an upgrade of this replica helps.
class feed_state {
 public:
  using actor_type = event_feed_actor;

  feed_state(self_pointer<actor_type> self, feed_config config,
             address<ranking_actor> ranking, wall_clock clock)
      : self_(self),
        config_(config),
        ranking_(std::move(ranking)),
        clock_(std::move(clock)) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] apply_events decode(const deliver_messages& batch);
  [[nodiscard]] result<done> take(const bus_message& m, std::int32_t partitions,
                                  apply_events& into) const;
  void note_poison(std::int32_t partition, const failure& why);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  feed_config config_;
  address<ranking_actor> ranking_;
  wall_clock clock_;
  std::uint64_t events_ = 0;
  std::uint64_t poison_ = 0;
  std::string last_poison_;
};

} // namespace tinybook
