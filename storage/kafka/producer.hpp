#pragma once

#include "config/settings.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/topic.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::storage::kafka {

/// What became of one message.
struct delivery {
  std::uint64_t tag = 0; ///< As it was given to `send`.
  result<done> outcome = done{};
};

/// Writes to one topic, idempotently and with the acknowledgement of all copies. Not
/// thread-safe. A message whose delivery failed may have been written all the same.
class producer {
 public:
  /// Connects on its own, in the background: fails with `internal` alone, where the
  /// library refuses an option.
  [[nodiscard]] static result<std::unique_ptr<producer>>
  make(config::kafka_settings settings);

  ~producer();
  producer(const producer&) = delete;
  producer& operator=(const producer&) = delete;

  /// Whether a broker answers within `bound`; see `probe`.
  [[nodiscard]] result<done> reachable(std::chrono::milliseconds bound);

  /// Makes the topic where it is missing and learns its partitions; to be done before the
  /// first `send`, and again to notice that there are more. See `prepare_topic`.
  [[nodiscard]] result<std::int32_t> prepare(std::chrono::milliseconds bound);

  /// As of the last `prepare` or `refresh_partitions`; 0 before.
  [[nodiscard]] std::int32_t partitions() const { return partitions_; }
  [[nodiscard]] result<std::int32_t> refresh_partitions(std::chrono::milliseconds bound);

  /// The partition of everything under `key`.
  [[nodiscard]] std::int32_t partition_of(std::string_view key) const;

  /// Queues one message; its outcome comes from `poll` under `tag`. Fails with
  /// `overloaded` where the queue is full, `unavailable` otherwise.
  [[nodiscard]] result<done> send(std::int32_t partition, std::string_view key,
                                  std::string_view payload, std::uint64_t tag);

  /// Waits up to `wait` for delivery reports and gives those that have come.
  [[nodiscard]] std::vector<delivery> poll(std::chrono::milliseconds wait);

  /// Messages without a report.
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

  /// Why this producer cannot go on, if so: make another one. The library reports such
  /// errors also where nothing is wrong.
  [[nodiscard]] std::optional<failure> fatal() const;

 private:
  explicit producer(config::kafka_settings settings);
  friend struct producer_callbacks;

  config::kafka_settings settings_;
  std::vector<delivery> reports_;
  std::size_t in_flight_ = 0;
  std::int32_t partitions_ = 0;
  client_ptr client_; ///< Last: its callbacks write to the others.
};

} // namespace tinybook::storage::kafka
