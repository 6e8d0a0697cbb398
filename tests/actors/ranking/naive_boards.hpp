#pragma once

#include "actors/ranking/board_store.hpp"
#include "storage/like_event.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// One delivery of an article's version. The content follows from the numbers alone, as
/// if read from a database, whoever delivers it and how often.
struct arrival {
  std::int64_t id = 1;
  std::int64_t ver = 1;
  std::int32_t day = 0; ///< 0 = of no day.
  std::int64_t day_ver = 0;
  apply_source source = apply_source::live;
};

inline std::uint64_t mixed(std::int64_t a, std::int64_t b, std::int64_t c) {
  const auto sum = static_cast<std::uint64_t>(a * 1'000'003 + b * 10'007 + c);
  const auto once = sum * 0x9e3779b97f4a7c15U;
  return (once ^ (once >> 29U)) * 0xbf58476d1ce4e5b9U;
}

inline article_event committed(const arrival& one) {
  const auto mix = mixed(one.id, one.ver, 0);
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
  event.day = one.day;
  if (one.day != 0) {
    event.day_ver = one.day_ver;
    event.day_cnt =
        static_cast<std::int64_t>((mixed(one.id, one.day_ver, one.day) >> 33U) % 4U);
  }
  return event;
}

/// The boards as two maps and a sort.
class naive_boards {
 public:
  void note(const arrival& one) {
    auto [it, is_new] = articles_.try_emplace(one.id, one.ver);
    if (!is_new)
      it->second = std::max(it->second, one.ver);
    if (one.day == 0)
      return;
    auto [day, first] = days_.try_emplace({one.id, one.day}, one.day_ver);
    if (!first)
      day->second = std::max(day->second, one.day_ver);
  }

  [[nodiscard]] std::vector<board_row> rows(board_window window,
                                            std::int32_t today) const {
    std::vector<board_row> out;
    for (const auto& [id, ver] : articles_) {
      const auto event = committed({id, ver});
      const auto likes = likes_of(id, event, window, today);
      if (event.published && event.cnt > 0 && likes > 0)
        out.push_back({0, id, event.title, event.author_id, event.author_name, likes,
                       event.read_cnt});
    }
    std::ranges::sort(out, [](const auto& a, const auto& b) {
      return std::pair{a.like_cnt, a.id} > std::pair{b.like_cnt, b.id};
    });
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i].rank = static_cast<std::int64_t>(i) + 1;
    return out;
  }

  [[nodiscard]] std::vector<board_row> top(board_window window,
                                           std::int32_t today) const {
    auto out = rows(window, today);
    out.resize(std::min<std::size_t>(out.size(), 100));
    return out;
  }

  [[nodiscard]] std::vector<board_row> around(board_window window, std::int32_t today,
                                              std::int64_t id, std::size_t side) const {
    const auto all = rows(window, today);
    const auto it = std::ranges::find(all, id, &board_row::id);
    if (it == all.end())
      return {};
    const auto index = static_cast<std::size_t>(it - all.begin());
    const auto from = index - std::min(side, index);
    const auto to = std::min(all.size(), index + side + 1);
    return {all.begin() + static_cast<std::ptrdiff_t>(from),
            all.begin() + static_cast<std::ptrdiff_t>(to)};
  }

  [[nodiscard]] std::size_t known() const { return articles_.size(); }

 private:
  [[nodiscard]] std::int64_t likes_of(std::int64_t id, const article_event& event,
                                      board_window window, std::int32_t today) const {
    if (window == board_window::all)
      return event.cnt;
    const auto first = window == board_window::week ? today - 6 : today;
    std::int64_t likes = 0;
    for (auto day = first; day <= today; ++day)
      if (auto it = days_.find({id, day}); it != days_.end())
        likes += committed({id, 1, day, it->second}).day_cnt;
    return likes;
  }

  std::map<std::int64_t, std::int64_t> articles_; ///< The greatest version so far.
  std::map<std::pair<std::int64_t, std::int32_t>, std::int64_t> days_; ///< The same.
};

} // namespace tinybook::test
