#include "http/live/rendered_board.hpp"

#include "config/value_text.hpp"
#include "http/api/json_writer.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

constexpr schema_member row_members[] = {{"rank", schema::id(1)},
                                         {"id", schema::id(2)},
                                         {"title", schema::text("First light")},
                                         {"authorId", schema::id(1)},
                                         {"authorName", schema::text("Ann")},
                                         {"likeCnt", schema::count(1)},
                                         {"readCnt", schema::count(12)}};
constexpr schema row_schema = schema::object(row_members).named("BoardRow");

constexpr schema_member board_members[] = {
    {"items", schema::list(row_schema)},
    {"window", schema::word(window_words)},
    {"day",
     schema::matching(date_pattern, "2026-11-28")
         .says("Of `day` and `week`: the last day that counts."),
     true},
    {"utcOffset",
     schema::matching("^[+-][0-9]{2}:[0-9]{2}$", "+08:00")
         .says("Of `day` and `week`: where that day begins."),
     true},
    {"asOf",
     schema::time("2026-11-28T08:51:48.849Z").says("All likes up to here are in it.")},
    {"version",
     schema::count(2).says("Differs whenever a row differs, within one epoch.")},
    {"epoch", schema::count(1'795'855'883'375)},
    {"stale", schema::flag(false).says("Older than it should be.")}};

void append_row(std::string& out, const board_row& row) {
  json_writer w(out);
  w.begin_object().member("rank", row.rank).member("id", row.id);
  w.member("title", row.title).member("authorId", row.author_id);
  w.member("authorName", row.author_name).member("likeCnt", row.like_cnt);
  w.member("readCnt", row.read_cnt).end_object();
}

} // namespace

constinit const schema board_schema = schema::object(board_members).named("Board");

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
