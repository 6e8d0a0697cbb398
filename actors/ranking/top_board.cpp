#include "actors/ranking/top_board.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

top_board::top_board(std::int64_t epoch, board_window window)
    : epoch_(epoch), window_(window) {}

apply_outcome top_board::apply(const article_event& event, apply_source source) {
  auto [it, is_new] = articles_.try_emplace(event.id);
  auto& known = it->second;
  if (!is_new && event.ver < known.ver)
    return apply_outcome::stale;
  bool newer = is_new || event.ver > known.ver;
  if (!newer && source == apply_source::live)
    return apply_outcome::stale;
  auto next = content_of(event);
  if (!newer && next.cnt > 0)
    next.read_cnt = std::max(next.read_cnt, known.read_cnt);
  bool differs = !same_content(known, next);
  replace(event.id, known, std::move(next));
  if (newer)
    return apply_outcome::applied;
  return differs ? apply_outcome::mended : apply_outcome::same;
}

std::vector<board_row> top_board::top(std::size_t n) const {
  return rows_from(0, std::clamp<std::size_t>(n, 1, shown));
}

std::optional<std::int64_t> top_board::rank_of(std::int64_t id) const {
  auto it = articles_.find(id);
  if (it == articles_.end() || it->second.cnt == 0)
    return std::nullopt;
  return static_cast<std::int64_t>(order_.order_of_key({it->second.cnt, id})) + 1;
}

std::vector<board_row> top_board::around(std::int64_t id, std::size_t each_side) const {
  auto rank = rank_of(id);
  if (!rank)
    return {};
  auto index = static_cast<std::size_t>(*rank - 1);
  auto before = std::min(each_side, index);
  return rows_from(index - before, before + 1 + std::min(each_side, order_.size()));
}

board_snapshot_ptr top_board::snapshot(wall_time as_of) const {
  return std::make_shared<const board_snapshot>(
      board_snapshot{window_, epoch_, version_, as_of, top(shown)});
}

std::optional<std::int64_t> top_board::known_version(std::int64_t id) const {
  auto it = articles_.find(id);
  return it == articles_.end() ? std::nullopt : std::optional{it->second.ver};
}

top_board::article top_board::content_of(const article_event& event) {
  article content{.ver = event.ver, .cnt = 0, .author_id = 0, .read_cnt = 0, .text = {}};
  if (!event.published || event.cnt <= 0)
    return content;
  content.cnt = event.cnt;
  content.author_id = event.author_id;
  content.read_cnt = event.read_cnt;
  content.text.reserve(event.title.size() + 1 + event.author_name.size());
  content.text.append(event.title).append(1, '\0').append(event.author_name);
  return content;
}

bool top_board::same_content(const article& a, const article& b) {
  return a.cnt == b.cnt && a.author_id == b.author_id && a.text == b.text;
}

void top_board::replace(std::int64_t id, article& known, article next) {
  const place before{known.cnt, id};
  const place after{next.cnt, id};
  bool changes = !same_content(known, next) || known.read_cnt != next.read_cnt;
  bool shows = changes && known.cnt > 0 && is_shown(before);
  if (before != after) {
    if (known.cnt > 0)
      order_.erase(before);
    if (next.cnt > 0)
      order_.insert(after);
  }
  known = std::move(next);
  shows = shows || (changes && known.cnt > 0 && is_shown(after));
  if (shows)
    ++version_;
}

bool top_board::is_shown(const place& where) const {
  return order_.order_of_key(where) < shown;
}

std::vector<board_row> top_board::rows_from(std::size_t index, std::size_t count) const {
  std::vector<board_row> rows;
  for (auto it = order_.find_by_order(index); it != order_.end() && rows.size() < count;
       ++it) {
    const auto& [likes, id] = *it;
    const auto& known = articles_.at(id);
    auto end_of_title = known.text.find('\0');
    rows.push_back({.rank = static_cast<std::int64_t>(index + rows.size()) + 1,
                    .id = id,
                    .title = known.text.substr(0, end_of_title),
                    .author_id = known.author_id,
                    .author_name = known.text.substr(end_of_title + 1),
                    .like_cnt = likes,
                    .read_cnt = known.read_cnt});
  }
  return rows;
}

} // namespace tinybook
