#include "http/live/rendered_board.hpp"

#include "config/value_text.hpp"
#include "http/api/json_writer.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

std::string_view name_of(board_window window) {
  switch (window) {
  case board_window::all:
    break;
  case board_window::day:
    return "day";
  case board_window::week:
    return "week";
  }
  return "all";
}

void append_row(std::string& out, const board_row& row) {
  json_writer w(out);
  w.begin_object().member("rank", row.rank).member("id", row.id);
  w.member("title", row.title).member("authorId", row.author_id);
  w.member("authorName", row.author_name).member("likeCnt", row.like_cnt);
  w.member("readCnt", row.read_cnt).end_object();
}

} // namespace

rendered_board::rendered_board(const served_board& pushed)
    : board_(pushed.board), stale_(pushed.stale) {
  ends_.push_back(0);
  for (const auto& row : pushed.board->rows) {
    if (!items_.empty())
      items_ += ',';
    append_row(items_, row);
    ends_.push_back(items_.size());
  }
  tail_ = "],";
  std::string members;
  json_writer w(members);
  w.begin_object().member("window", name_of(pushed.board->window));
  if (pushed.board->window != board_window::all) {
    w.member("day", format_date(date_of(pushed.board->day)));
    w.member("utcOffset", config::format_utc_offset(pushed.board->utc_offset));
  }
  w.member("asOf", format_rfc3339(as_of())).member("version", pushed.board->version);
  w.member("epoch", pushed.board->epoch).key("stale");
  tail_.append(members, 1);
}

void rendered_board::append(std::string& out, std::size_t n, wall_time now,
                            std::chrono::milliseconds max_stale) const {
  out += R"({"items":[)";
  out.append(items_, 0, ends_[std::min(n, rows())]);
  out += tail_;
  out += is_stale(now, max_stale) ? "true}" : "false}";
}

} // namespace tinybook::http
