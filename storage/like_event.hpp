#pragma once

#include <cstdint>
#include <string>

namespace tinybook {

/// What the bus and Kafka carry for one article, whatever changed of it. All values are
/// absolute, as committed in the transaction that made version `ver`, so an event can be
/// lost before a later one, repeated or overtaken without harm.
struct article_event {
  std::string biz;        ///< Kind of the thing liked: `article`.
  std::int64_t id = 0;    ///< Positive, below 2^53.
  std::int64_t ver = 0;   ///< One version for likes, status and title; outlives deletion.
  std::int64_t cnt = 0;   ///< Likes.
  bool published = false; ///< False also for withdrawn and deleted ones (tombstone).
  std::string title;
  std::int64_t author_id = 0;
  std::string author_name;
  std::int64_t read_cnt = 0; ///< Not covered by `ver`: reads change it without an event.
  std::int32_t day = 0;      ///< Day of the like, in days since 1970-01-01.
  std::int64_t day_cnt = 0;  ///< Likes of that day.
  std::int64_t day_ver = 0;  ///< Version of that day's count.

  bool operator==(const article_event&) const = default;
};

/// Key of the event on the bus; events with the same key stay in order.
[[nodiscard]] inline std::string key_of(const article_event& event) {
  return event.biz + ':' + std::to_string(event.id);
}

} // namespace tinybook
