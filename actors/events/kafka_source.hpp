#pragma once

#include "actors/events/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/presence.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/kafka/consumer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

struct kafka_source_config {
  config::kafka_settings kafka;
  std::string instance; ///< Unlike that of every other replica, kept over a restart.
  default_timeout request_timeout{};
  std::chrono::milliseconds redeliver_after{500}; ///< After the feed failed.
  /// Partitions that lose records within this time share one rebuild.
  std::chrono::milliseconds rebuild_after{500};
  /// With both batches full the consumer is paused after this long and polled without
  /// reading, to stay in the group. Not at once: a pause drops what was fetched ahead.
  std::chrono::milliseconds pause_after{1000};
  std::chrono::milliseconds probe_period{1000};  ///< Between looks at the cluster.
  std::chrono::milliseconds probe_bound{1000};   ///< How long such a look may take.
  std::chrono::milliseconds prepare_bound{5000}; ///< For making the topic.
  std::chrono::milliseconds retry{250};          ///< Where no broker answers.
  std::chrono::milliseconds refused_retry{2000}; ///< Where the topic cannot be used.
  std::size_t max_replaced = 3; ///< Consumers that fail for good in `replace_period`.
  std::chrono::milliseconds replace_period{10'000};
};

/// Reads the topic as a member of the consumer group and hands it to the feed in batches;
/// spawned detached, since the library's calls block. While the feed applies one batch
/// the next one is gathered; beyond that nothing is read. An offset is stored after the
/// feed's ack only, so nothing is skipped: a batch that failed is handed over again until
/// it succeeds, and a crash reads it again.
///
/// Where records are gone, or the topic was created anew, the boards are rebuilt from the
/// database, and reading goes on with the oldest record. A consumer that fails for good
/// is replaced; when that happens too often, another process has the same instance name,
/// and this actor ends with a clear error; the supervisor restarts it.
class kafka_source_state {
 public:
  using actor_type = event_source_actor;

  kafka_source_state(self_pointer<actor_type> self, kafka_source_config config,
                     address<event_feed_actor> feed, address<ranking_actor> ranking);

  actor_type::behavior_type make_behavior();

 private:
  /// What was read under one assignment of partitions, with the offsets that it reaches
  /// to.
  struct gathered_batch {
    std::uint64_t generation = 0;
    std::vector<bus_message> messages;
    storage::kafka::offsets behind;

    [[nodiscard]] bool empty() const { return messages.empty(); }

    void add(storage::kafka::record record) {
      behind[record.partition] = record.offset + 1;
      messages.push_back(
          {std::move(record.key), std::move(record.payload), record.partition});
    }
  };

  void tick();
  [[nodiscard]] result<done> connect();
  void read();
  void look_at_group();
  void replace_consumer(const failure& why);
  void deliver_next();
  task<result<done>> deliver();
  void hold_back();
  task<result<done>> rebuild();
  void probe();
  void schedule();
  [[nodiscard]] bool full() const;
  [[nodiscard]] actor_status status();

  using time_point = std::chrono::steady_clock::time_point;

  self_pointer<actor_type> self_;
  kafka_source_config config_;
  address<event_feed_actor> feed_;
  address<ranking_actor> ranking_;
  presence cluster_;
  timer tick_;
  std::unique_ptr<storage::kafka::consumer> consumer_; ///< None before the first broker.
  gathered_batch gathering_;
  gathered_batch at_feed_;
  bool delivering_ = false; ///< `at_feed_` waits for its ack, or for its next try.
  bool paused_ = false;
  bool wants_rebuild_ = false;
  bool rebuilding_ = false; ///< The ranking was asked and has not answered.
  std::int32_t partitions_ = 1;
  time_point full_since_{};
  time_point next_probe_{};
  time_point next_rebuild_{};
  std::vector<time_point> replaced_at_;
  std::uint64_t messages_ = 0;
  std::uint64_t batches_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t rebuilds_ = 0;
  std::string last_failure_;
};

} // namespace tinybook
