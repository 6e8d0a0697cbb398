#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/system/address.hpp"
#include "actors/system/journey.hpp"

#include <chrono>

namespace tinybook {

/// Where the publisher takes its events. A publisher that is started anew goes on with
/// the same one: it keeps nothing.
class event_bus {
 public:
  virtual ~event_bus() = default;

  /// A step of the publisher's journey, done when the batch is safe. A mark goes to every
  /// partition, whichever it names, behind all that was published before.
  [[nodiscard]] virtual task<result<done>> publish(apply_events batch) = 0;
};

/// Within one process: a batch is safe when the ranking has applied it, so the
/// transactional outbox is the log, and after a crash of any part it is replayed from
/// there.
class direct_event_bus final : public event_bus {
 public:
  direct_event_bus(address<ranking_actor> ranking, std::chrono::milliseconds at_most)
      : ranking_(std::move(ranking)), at_most_(at_most) {}

  task<result<done>> publish(apply_events batch) override;

 private:
  address<ranking_actor> ranking_;
  std::chrono::milliseconds at_most_;
};

/// By way of Kafka, as JSON: a batch is safe with its delivery reports.
class kafka_event_bus final : public event_bus {
 public:
  /// `at_most` is longer than a delivery may take: Kafka reports a failed one by itself,
  /// and giving up earlier would send it twice.
  kafka_event_bus(address<event_bus_actor> producer, std::chrono::milliseconds at_most)
      : producer_(std::move(producer)), at_most_(at_most) {}

  task<result<done>> publish(apply_events batch) override;

 private:
  address<event_bus_actor> producer_;
  std::chrono::milliseconds at_most_;
};

} // namespace tinybook
