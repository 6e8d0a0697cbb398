#pragma once

#include "tests/actors/ranking/board_store_conformance.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// Shorthands for the commands of one board store, on the day `today`.
class board_client {
 public:
  static constexpr std::int32_t first_day = 20'000;
  static constexpr wall_time start{std::chrono::hours{24} * first_day};

  explicit board_client(std::unique_ptr<board_store_fixture> store)
      : store_(std::move(store)) {}

  [[nodiscard]] static article_event event_of(std::int64_t id, std::int64_t ver,
                                              std::int64_t cnt) {
    article_event event;
    event.biz = "article";
    event.id = id;
    event.ver = ver;
    event.cnt = cnt;
    event.published = true;
    event.title = "title " + std::to_string(id);
    event.author_id = 1000 + id;
    event.author_name = "author " + std::to_string(id);
    event.read_cnt = 10 * cnt;
    return event;
  }
  /// With the likes of one day as well.
  [[nodiscard]] static article_event event_of_day(std::int64_t id, std::int64_t ver,
                                                  std::int64_t cnt, std::int32_t day,
                                                  std::int64_t day_cnt,
                                                  std::int64_t day_ver) {
    auto event = event_of(id, ver, cnt);
    event.day = day;
    event.day_cnt = day_cnt;
    event.day_ver = day_ver;
    return event;
  }

  template <class M>
  auto must(M m) {
    auto answer = store_->run(std::move(m));
    if (!answer)
      FAIL("refused: " << describe(answer.error().code).name << ' '
                       << answer.error().detail);
    return *answer;
  }
  template <class M>
  errc error_of(M m) {
    auto answer = store_->run(std::move(m));
    return answer ? errc::none : answer.error().code;
  }

  std::int64_t begin(walk_reason reason, const std::string& replica = "r1") {
    return must(begin_walk{replica, reason, lease, today}).epoch;
  }
  /// Fills an epoch with nothing, so that it is served.
  std::int64_t serve() {
    const auto epoch = begin(walk_reason::cold);
    REQUIRE(epoch > 0);
    must(finish_walk{"r1", epoch, start});
    return epoch;
  }

  boards_applied live(std::vector<article_event> events) {
    return must(apply_to_boards{std::move(events), {}, apply_source::live, 0, today});
  }
  boards_applied live(const article_event& event) { return live(std::vector{event}); }
  boards_applied from_database(const article_event& event, std::int64_t epoch) {
    return must(apply_to_boards{{event}, {}, apply_source::database, epoch, today});
  }
  void mark(complete_mark m) {
    must(apply_to_boards{{}, {m}, apply_source::live, 0, today});
  }

  boards_seen look(std::int64_t epoch = 0, board_versions versions = {}) {
    return must(look_at_boards{today, epoch, versions});
  }
  std::vector<board_row> rows(board_window window = board_window::all) {
    return look().rows[static_cast<std::size_t>(window)].value();
  }
  std::vector<std::int64_t> ids(board_window window = board_window::all) {
    std::vector<std::int64_t> out;
    for (const auto& row : rows(window))
      out.push_back(row.id);
    return out;
  }
  std::int64_t version(board_window window = board_window::all) {
    return look().versions[static_cast<std::size_t>(window)];
  }
  std::vector<std::int64_t> ids_around(std::int64_t id, std::size_t each_side,
                                       board_window window = board_window::all) {
    std::vector<std::int64_t> out;
    for (const auto& row : must(find_in_board{window, today, id, each_side}).rows)
      out.push_back(row.id);
    return out;
  }

  board_store_fixture& store() { return *store_; }

  std::int32_t today = first_day;
  std::chrono::milliseconds lease{std::chrono::seconds{30}};

 private:
  std::unique_ptr<board_store_fixture> store_;
};

} // namespace tinybook::test
