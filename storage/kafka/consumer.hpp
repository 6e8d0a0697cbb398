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

/// By partition, the offset after the last record that was applied.
using offsets = std::map<std::int32_t, std::int64_t>;

/// A partition that this member reads.
struct assigned_partition {
  std::int64_t next = -1;    ///< After the last record from `poll`; -1 = none yet.
  std::int64_t applied = -1; ///< After the last one acknowledged; -1 = none yet.
  std::int64_t end = -1;     ///< After the newest one, as last heard; -1 = unknown.
  bool from_beginning = false;

  /// Records that are not applied yet; -1 while that is unknown.
  [[nodiscard]] std::int64_t lag() const;
};

/// Reads one topic as a static member of a consumer group. Not thread-safe: everything
/// happens within `poll`, which must be called regularly, also while paused.
///
/// Offsets are committed every half a second as they were acknowledged, and at the end,
/// so a crash reads again what was applied since: at least once. Where the committed
/// offset no longer exists, or there is none, it begins with the oldest record and
/// reports that by `take_offset_reset`.
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

  /// Whether a broker answers within `bound`; see `probe`.
  [[nodiscard]] result<done> reachable(std::chrono::milliseconds bound);

  /// Makes the topic where it is missing, learns its partitions and joins the group. See
  /// `prepare_topic`.
  [[nodiscard]] result<std::int32_t> join(std::chrono::milliseconds bound);

  /// How many partitions the topic has now; see `count_partitions`.
  [[nodiscard]] result<std::int32_t> count(std::chrono::milliseconds bound);

  /// The next record, waiting up to `wait` for one.
  [[nodiscard]] std::optional<record> poll(std::chrono::milliseconds wait);

  /// Grows with each change of the assignment and each offset reset; records that were
  /// read before can no longer be acknowledged.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  /// Everything before the offsets `behind` was applied: reading goes on there after a
  /// restart. Does nothing for an earlier generation, whose partitions another member may
  /// read now.
  void acknowledge(std::uint64_t generation, const offsets& behind);

  /// `poll` gives nothing until `resume`, but does everything else. Drops what was
  /// prefetched.
  void pause();
  void resume();

  /// Whether since the last call a committed offset no longer existed, or a partition
  /// that was read before had no offset any more: records are missing, or the topic was
  /// recreated.
  [[nodiscard]] bool take_offset_reset();

  /// What the cluster refused since the last call, such as the session timeout or the
  /// group, if anything; the library retries by itself.
  [[nodiscard]] std::optional<failure> trouble();

  /// The partitions with what is known of each.
  [[nodiscard]] const std::map<std::int32_t, assigned_partition>& assignment();

  /// Why this consumer cannot go on, if so: most likely another process has the same
  /// instance name.
  [[nodiscard]] std::optional<failure> fatal() const;

 private:
  consumer(config::kafka_settings settings, std::string instance);
  friend struct consumer_callbacks;
  using partition_list = rd_kafka_topic_partition_list_s;

  void assigned(const partition_list* partitions);
  void revoked();
  void lost_offset(std::int32_t partition, bool had_offset);
  [[nodiscard]] bool was_recreated(std::int32_t partition);
  void reassign();
  void for_all(int (*what)(rd_kafka_s*, partition_list*));

  config::kafka_settings settings_;
  std::string instance_;
  std::shared_ptr<struct consumer_link> link_;
  std::map<std::int32_t, assigned_partition> assignment_;
  offsets applied_before_; ///< Also of partitions that are not assigned now.
  std::uint64_t generation_ = 0;
  bool must_reassign_ = false; ///< A partition waits to be read from its beginning.
  bool offset_reset_ = false;
  bool paused_ = false;
  std::optional<failure> trouble_;
  client_ptr client_; ///< Last: its callbacks write to the others.
};

} // namespace tinybook::storage::kafka
