#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "storage/article_store.hpp"
#include "storage/event_store.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::ranking_sim {

/// Days begin here.
inline constexpr std::chrono::minutes utc_offset{480};

/// One article as the boards see it, as it was committed.
struct article_state {
  struct day_likes {
    std::int64_t cnt = 0;
    std::int64_t ver = 0;
  };

  std::int64_t ver = 0; ///< 0 = never published.
  bool published = false;
  std::string title{};
  std::int64_t likes = 0;
  std::map<std::int32_t, day_likes> days{};

  /// On the board of `window` whose last day is `today`; 0 = not on it.
  [[nodiscard]] std::int64_t shown_likes(board_window window, std::int32_t today) const;
};

/// Articles, likes and their outbox as a database shows them to several replicas: a
/// change takes the id and time of its event when it begins and becomes visible when it
/// commits, so neither ids nor times commit in order. It records what was committed
/// when.
class database {
 public:
  explicit database(std::int64_t articles);

  struct commit {
    wall_time at{};
    article_state state;
  };

  /// Begins a change of `id` by `replica`; false while another one is open, for that one
  /// holds the row.
  [[nodiscard]] bool begin(std::int64_t id, int replica, wall_time now);
  // The ways to end the open change.
  void commit_like(std::int64_t id, std::int64_t user, wall_time now);
  void commit_publish(std::int64_t id, std::string title, wall_time now);
  void commit_withdraw(std::int64_t id, wall_time now);
  void roll_back(std::int64_t id) { open_.erase(id); }

  [[nodiscard]] storage::stored_events
  pending(int replica, const storage::pending_events& command, wall_time now) const;
  void remove(const storage::remove_events& command);

  [[nodiscard]] storage::event_page rows(const storage::list_board_rows& command) const;
  [[nodiscard]] storage::event_page days(const storage::list_board_days& command) const;
  [[nodiscard]] storage::event_page top(const storage::list_top_articles& command) const;

  /// Everything that was ever committed of `id`, oldest first.
  [[nodiscard]] const std::vector<commit>& past(std::int64_t id) const {
    return past_.at(static_cast<std::size_t>(id - 1));
  }
  [[nodiscard]] const article_state& present(std::int64_t id) const {
    return past(id).back().state;
  }
  [[nodiscard]] std::int64_t articles() const {
    return static_cast<std::int64_t>(past_.size());
  }
  [[nodiscard]] std::size_t unpublished() const { return events_.size(); }

 private:
  struct change {
    std::int64_t event_id = 0;
    int replica = 0;
    wall_time stored_at{};
  };
  struct event_row {
    int replica = 0;
    wall_time stored_at{};
    article_event event;
  };

  [[nodiscard]] article_event event_of(std::int64_t id, std::int32_t day) const;
  void commit_open(std::int64_t id, article_state next, std::int32_t day, wall_time now);

  std::vector<std::vector<commit>> past_;
  std::map<std::int64_t, change> open_; ///< By article.
  std::map<std::int64_t, event_row> events_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int32_t> liked_; ///< Its day.
  std::int64_t last_event_ = 0;
};

} // namespace tinybook::ranking_sim
