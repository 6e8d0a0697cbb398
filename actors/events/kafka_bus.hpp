#pragma once

#include "actors/events/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/presence.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/kafka/producer.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

struct kafka_bus_config {
  config::kafka_settings kafka;
  std::size_t max_queue = 10'000; ///< Messages that wait for their report, at most.
  std::chrono::milliseconds probe_period{1000};  ///< Between looks at the cluster.
  std::chrono::milliseconds probe_bound{1000};   ///< How long such a look may take.
  std::chrono::milliseconds prepare_bound{5000}; ///< For making the topic.
  std::chrono::milliseconds retry{250};          ///< Where no broker answers.
  std::chrono::milliseconds refused_retry{2000}; ///< Where the topic cannot be used.
};

/// The bus on Kafka; spawned detached, since the library's calls block. A batch is
/// answered when each of its messages has its delivery report. The heartbeats of a batch
/// are sent to every partition when its events are safe: none can get ahead of an event
/// that it vouches for.
///
/// One failed message fails its batch with `unavailable`, and the publisher sends all of
/// it again. While the cluster is unreachable everything is refused at once. A producer
/// whose messages failed is replaced: it may cling to a broken connection or be unusable
/// for good. A crash loses nothing: batches under way are answered with `unavailable`.
class kafka_bus_state {
 public:
  using actor_type = event_bus_actor;

  kafka_bus_state(self_pointer<actor_type> self, kafka_bus_config config);

  actor_type::behavior_type make_behavior();

 private:
  struct batch {
    pending_reply<done> reply;
    std::vector<std::string> heartbeats; ///< Not sent yet.
    std::size_t missing = 0;             ///< Reports of what was sent.
  };
  using batches = std::map<std::uint64_t, batch>;

  caf::result<done> publish(publish_messages& asked);
  [[nodiscard]] result<done> send_events(const publish_messages& asked, std::uint64_t id,
                                         batch& into);
  [[nodiscard]] result<done> send_heartbeats(std::uint64_t id, batch& of);
  void tick();
  [[nodiscard]] result<done> connect();
  void take_reports();
  void delivered(batches::iterator at);
  void probe();
  void replace_producer(const failure& why);
  void schedule();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  kafka_bus_config config_;
  presence cluster_;
  timer tick_;
  std::unique_ptr<storage::kafka::producer> producer_; ///< None while it is away.
  batches batches_;
  std::uint64_t last_batch_ = 0;
  std::chrono::steady_clock::time_point next_probe_{};
  std::uint64_t published_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t producers_ = 0;
  std::string last_failure_;
};

} // namespace tinybook
