#include "actors/ranking/top_board.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

/// Which version of which article arrives. What a version holds follows from the two, as
/// if it stood in the database.
struct arrival {
  std::int64_t id = 1;
  std::int64_t ver = 1;
  apply_source source = apply_source::live;
};

void showValue(const arrival& one, std::ostream& os) {
  os << one.id << '@' << one.ver << (one.source == apply_source::live ? "" : " db");
}

article_event committed(const arrival& one) {
  auto mix =
      static_cast<std::uint64_t>(one.id * 1'000'003 + one.ver) * 0x9e3779b97f4a7c15U;
  article_event event;
  event.biz = "article";
  event.id = one.id;
  event.ver = one.ver;
  event.cnt = static_cast<std::int64_t>((mix >> 40U) % 6U);
  event.published = (mix >> 50U) % 5U != 0;
  event.title = "t" + std::to_string((mix >> 55U) % 3U);
  event.author_id = one.id % 3;
  event.author_name = "a";
  event.read_cnt = one.ver;
  return event;
}

rc::Gen<std::vector<arrival>> arrivals(std::int64_t ids, double scale) {
  return rc::gen::scale(
      scale, rc::gen::container<std::vector<arrival>>(rc::gen::build<arrival>(
                 rc::gen::set(&arrival::id, rc::gen::inRange<std::int64_t>(1, ids + 1)),
                 rc::gen::set(&arrival::ver, rc::gen::inRange<std::int64_t>(0, 5)),
                 rc::gen::set(&arrival::source,
                              rc::gen::element(apply_source::live, apply_source::live,
                                               apply_source::database)))));
}

/// A map and a sort.
std::vector<board_row> naive_rows(const std::map<std::int64_t, arrival>& latest) {
  std::vector<board_row> rows;
  for (const auto& [id, one] : latest) {
    auto event = committed(one);
    if (event.published && event.cnt > 0)
      rows.push_back({0, id, event.title, event.author_id, event.author_name, event.cnt,
                      event.read_cnt});
  }
  std::ranges::sort(rows, [](const auto& a, const auto& b) {
    return std::pair{a.like_cnt, a.id} > std::pair{b.like_cnt, b.id};
  });
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].rank = static_cast<std::int64_t>(i) + 1;
  return rows;
}

void note(std::map<std::int64_t, arrival>& latest, const arrival& one) {
  auto [it, is_new] = latest.try_emplace(one.id, one);
  if (!is_new && one.ver > it->second.ver)
    it->second = one;
}

std::vector<board_row> first(std::vector<board_row> rows, std::size_t n) {
  rows.resize(std::min(n, rows.size()));
  return rows;
}

void fill(top_board& board, const std::vector<arrival>& sequence) {
  for (const auto& one : sequence)
    board.apply(committed(one), one.source);
}

} // namespace

TEST_CASE("the board is a sort of the latest versions, after every event") {
  CHECK(rc::check("board equals map and sort", [] {
    top_board board;
    std::map<std::int64_t, arrival> latest;
    for (const auto& one : *arrivals(12, 1.0)) {
      board.apply(committed(one), one.source);
      note(latest, one);
      auto rows = naive_rows(latest);
      RC_ASSERT(board.top(100) == rows);
      RC_ASSERT(board.top(3) == first(rows, 3));
      RC_ASSERT(board.size() == rows.size());
      RC_ASSERT(board.known() == latest.size());
    }
  }));
}

TEST_CASE("rank and neighbours agree with the sorted rows") {
  CHECK(rc::check("rank_of and around", [] {
    top_board board;
    std::map<std::int64_t, arrival> latest;
    for (const auto& one : *arrivals(300, 6.0)) {
      board.apply(committed(one), one.source);
      note(latest, one);
    }
    auto rows = naive_rows(latest);
    auto side = *rc::gen::inRange<std::size_t>(0, 6);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      RC_ASSERT(board.rank_of(rows[i].id) == rows[i].rank);
      auto from = i - std::min(i, side);
      auto to = std::min(rows.size(), i + side + 1);
      std::vector<board_row> near(rows.begin() + static_cast<std::ptrdiff_t>(from),
                                  rows.begin() + static_cast<std::ptrdiff_t>(to));
      RC_ASSERT(board.around(rows[i].id, side) == near);
    }
    for (const auto& [id, one] : latest)
      if (!committed(one).published)
        RC_ASSERT(!board.rank_of(id));
  }));
}

TEST_CASE("duplicates, another order and a replay give the same board") {
  CHECK(rc::check("events commute and are idempotent", [] {
    auto sequence = *arrivals(20, 1.0);
    auto shuffled = sequence;
    for (std::size_t i = shuffled.size(); i > 1; --i)
      std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
    top_board in_order;
    fill(in_order, sequence);
    top_board other;
    fill(other, shuffled);
    RC_ASSERT(other.top(100) == in_order.top(100));
    auto version = in_order.version();
    fill(in_order, shuffled);
    RC_ASSERT(in_order.top(100) == other.top(100));
    RC_ASSERT(in_order.version() == version);
  }));
}

TEST_CASE("the version changes exactly when a shown row changes") {
  CHECK(rc::check("version follows the first 100 rows", [] {
    top_board board;
    for (std::int64_t id = 1; id <= 260; ++id)
      board.apply(committed({id, 1, apply_source::live}));
    RC_ASSERT(board.size() > top_board::shown);
    auto rows = board.top(100);
    for (const auto& one : *arrivals(260, 1.0)) {
      auto version = board.version();
      board.apply(committed(one), one.source);
      auto next = board.top(100);
      RC_ASSERT((board.version() != version) == (next != rows));
      rows = std::move(next);
    }
  }));
}

} // namespace tinybook
