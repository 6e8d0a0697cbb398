#include "actors/ranking/redis_board_codec.hpp"

#include "config/parse_number.hpp"
#include "storage/support/calendar.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace tinybook {

namespace {

using storage::redis::value;

constexpr std::size_t numbers_seen = 6;
constexpr std::size_t fields_of_row = 3;

failure no_board_answer() {
  return {errc::internal, "redis answered what a board script cannot answer"};
}

std::int64_t number_of(std::string_view text) {
  return parse_number<std::int64_t>(text).value_or(0);
}

/// Everything of a row but its reads: "author:bytes of title:title name".
std::string pack(const article_event& e) {
  return std::to_string(e.author_id) + ':' + std::to_string(e.title.size()) + ':'
         + e.title + e.author_name;
}

/// The text up to the colon, which goes with it.
std::string_view take_field(std::string_view& text) {
  auto colon = text.find(':');
  auto field = text.substr(0, colon);
  text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
  return field;
}

board_row unpack(std::string_view info) {
  board_row row;
  row.read_cnt = number_of(take_field(info));
  row.author_id = number_of(take_field(info));
  auto bytes = static_cast<std::size_t>(number_of(take_field(info)));
  row.title = info.substr(0, bytes);
  row.author_name = info.substr(std::min(bytes, info.size()));
  return row;
}

std::vector<board_row> read_rows(const value& flat, std::int64_t first_rank) {
  std::vector<board_row> rows;
  const auto& fields = flat.list();
  rows.reserve(fields.size() / fields_of_row);
  for (std::size_t i = 0; i + fields_of_row <= fields.size(); i += fields_of_row) {
    auto row = unpack(fields[i + 2].text());
    row.rank = first_rank++;
    row.id = to_int(fields[i]);
    row.like_cnt = to_int(fields[i + 1]);
    rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace

std::int64_t to_int(const value& v) {
  return v.text().empty() ? v.number() : number_of(v.text());
}

std::vector<std::string> apply_args(const apply_to_boards& m,
                                    std::span<const article_event> events,
                                    bool with_marks) {
  constexpr std::size_t fields_of_event = 9;
  std::span<const complete_mark> marks;
  if (with_marks)
    marks = m.marks;
  std::vector<std::string> args{m.source == apply_source::database ? "database" : "live",
                                std::to_string(m.epoch), std::to_string(m.today),
                                std::to_string(marks.size())};
  args.reserve(args.size() + 3 * marks.size() + fields_of_event * events.size());
  auto add = [&](auto number) {
    args.push_back(std::to_string(number));
  };
  for (const auto& mark : marks) {
    add(mark.partition);
    add(mark.partitions);
    add(to_unix_ms(mark.complete_until));
  }
  for (const auto& e : events) {
    add(e.id);
    add(e.ver);
    add(e.cnt);
    add(e.published ? 1 : 0);
    add(e.read_cnt);
    args.push_back(pack(e));
    add(e.day);
    add(e.day_cnt);
    add(e.day_ver);
  }
  return args;
}

result<boards_applied> read_applied(const value& answer) {
  const auto& parts = answer.list();
  if (parts.size() == 1 && parts[0].text() == "wrong_state")
    return failure{errc::wrong_state, "the epoch is neither served nor built"};
  if (parts.size() != 3)
    return no_board_answer();
  auto count = [&](std::size_t i) {
    return static_cast<std::uint64_t>(parts[i].number());
  };
  return boards_applied{count(0), count(1), count(2)};
}

result<boards_seen> read_seen(const value& answer) {
  const auto& parts = answer.list();
  boards_seen seen;
  if (parts.size() < 2)
    return no_board_answer();
  seen.epoch = to_int(parts[0]);
  seen.building = to_int(parts[1]);
  if (seen.epoch == 0)
    return seen;
  if (parts.size() != numbers_seen + 2 * board_windows)
    return no_board_answer();
  seen.today = static_cast<std::int32_t>(to_int(parts[2]));
  seen.as_of = from_unix_ms(to_int(parts[3]));
  seen.on_board = to_int(parts[4]);
  seen.known = to_int(parts[5]);
  for (std::size_t i = 0; i < board_windows; ++i) {
    seen.versions.at(i) = to_int(parts[numbers_seen + i]);
    const auto& rows = parts[numbers_seen + board_windows + i];
    if (!rows.is_nil())
      seen.rows.at(i) = read_rows(rows, 1);
  }
  return seen;
}

result<board_place> read_place(const value& answer) {
  const auto& parts = answer.list();
  if (parts.empty() || (parts.size() != 6 && to_int(parts[0]) != 0))
    return no_board_answer();
  board_place place;
  place.epoch = to_int(parts[0]);
  if (place.epoch == 0)
    return place;
  place.today = static_cast<std::int32_t>(to_int(parts[1]));
  place.version = to_int(parts[2]);
  place.as_of = from_unix_ms(to_int(parts[3]));
  place.rows = read_rows(parts[5], to_int(parts[4]));
  return place;
}

} // namespace tinybook
