#pragma once

#include "config/settings.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/topic.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct rd_kafka_topic_partition_list_s;

namespace tinybook::storage::kafka {

struct record {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::string payload;
};

/// Of each partition the offset behind what was applied.
using offsets = std::map<std::int32_t, std::int64_t>;

/// A partition that this member reads.
struct assigned_partition {
  std::int64_t next = -1;    ///< Behind what `poll` gave; -1 = nothing yet.
  std::int64_t applied = -1; ///< Behind what was acknowledged; -1 = nothing yet.
  std::int64_t end = -1;     ///< Behind the newest record, as last heard; -1 = unknown.
  bool from_beginning = false;

  /// Records that are not applied yet; -1 while that is unknown.
  [[nodiscard]] std::int64_t lag() const;
};

/// Reads one topic as a static member of a consumer group. Not thread-safe: all of it
/// happens within `poll`, which is to be called again and again, also while `pause`d.
///
/// Offsets are committed every half a second as they were acknowledged, and at the end,
/// so a crash reads again what was applied since: at least once. Where the committed
/// offset is not there any more, or there is none, it begins with the oldest record and
/// tells it by `lost_its_place`.
class consumer {
 public:
  /// Connects on its own, in the background: fails with `internal` alone, where the
  /// library refuses an option. `instance` is this member's name in the group, unlike
  /// that of every other and kept over a restart.
  [[nodiscard]] static result<std::unique_ptr<consumer>>
  make(config::kafka_settings settings, std::string instance);

  ~consumer();
  consumer(const consumer&) = delete;
  consumer& operator=(const consumer&) = delete;

  /// Whether a broker gives a sign of life within `bound`; see `probe`.
  [[nodiscard]] result<done> reachable(std::chrono::milliseconds bound);

  /// Makes the topic where it is missing, learns its partitions and joins the group. See
  /// `prepare_topic`.
  [[nodiscard]] result<std::int32_t> join(std::chrono::milliseconds bound);

  /// How many partitions the topic has now; see `count_partitions`.
  [[nodiscard]] result<std::int32_t> count(std::chrono::milliseconds bound);

  /// The next record, waiting up to `wait` for one.
  [[nodiscard]] std::optional<record> poll(std::chrono::milliseconds wait);

  /// Grows with each change of the assignment and each new beginning: what was read
  /// before is acknowledged in vain.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  /// `behind` was applied: goes on there after a restart. Does nothing where the
  /// generation is another one, for another member reads those partitions now.
  void acknowledge(std::uint64_t generation, const offsets& behind);

  /// `poll` gives nothing until `resume`, but does everything else. Drops what was
  /// fetched in advance.
  void pause();
  void resume();

  /// Whether since the last call an offset was not there any more, or a partition that
  /// was read before has no offset any more: records are missing, or the topic was made
  /// anew.
  [[nodiscard]] bool lost_its_place();

  /// What the cluster refused since the last call, such as the session timeout or the
  /// group, if anything; it is tried again by itself.
  [[nodiscard]] std::optional<failure> trouble();

  /// The partitions with what is known of each.
  [[nodiscard]] const std::map<std::int32_t, assigned_partition>& assignment();

  /// Why this consumer is of no use any more, if so: another process with the same
  /// instance name, most likely.
  [[nodiscard]] std::optional<failure> fatal() const;

 private:
  consumer(config::kafka_settings settings, std::string instance);
  friend struct consumer_callbacks;
  using partition_list = rd_kafka_topic_partition_list_s;

  void assigned(const partition_list* partitions);
  void revoked();
  void lost_offset(std::int32_t partition, bool had_offset);
  [[nodiscard]] bool made_anew(std::int32_t partition);
  void begin_anew();
  void for_all(int (*what)(rd_kafka_s*, partition_list*));

  config::kafka_settings settings_;
  std::string instance_;
  std::shared_ptr<struct consumer_link> link_;
  std::map<std::int32_t, assigned_partition> assignment_;
  offsets applied_before_; ///< Also of partitions that are not assigned now.
  std::uint64_t generation_ = 0;
  bool begins_anew_ = false; ///< Partitions wait to be read from their beginning.
  bool lost_its_place_ = false;
  bool paused_ = false;
  std::optional<failure> trouble_;
  client_ptr client_; ///< Last: its callbacks write to the others.
};

} // namespace tinybook::storage::kafka
