#include "actors/ranking/ranking.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

caf::result<served_board> ranking_state::get(const get_board& m) {
  if (m.source == board_source::copy) {
    auto board = served(m.window);
    if (!board.board)
      return to_error({errc::starting, "the ranking is being read"});
    return board;
  }
  pending_reply<served_board> reply{self_};
  const auto answer = [this, reply](board_snapshot board) {
    const bool stale = is_stale(board.as_of);
    reply(served_board{std::make_shared<const board_snapshot>(std::move(board)), stale});
  };
  if (m.source == board_source::database)
    read_window(m.window, clock_(), today(), [reply, answer](auto board) {
      board ? answer(std::move(*board)) : reply(std::move(board.error()));
    });
  else
    look_for(m.window, reply, answer);
  return reply.promise();
}

void ranking_state::look_for(board_window window,
                             const pending_reply<served_board>& reply,
                             std::function<void(board_snapshot)> answer) {
  ask(self_, peers_.boards, reply.within(config_.request_timeout),
      look_at_boards{today()},
      [this, window, reply, answer = std::move(answer)](result<boards_seen> found) {
        if (!found)
          return reply(std::move(found.error()));
        const auto i = index_of(window);
        if (found->epoch == 0 || !found->rows[i])
          return reply(failure{errc::starting, "the ranking is being built"});
        auto board = empty_board(window, found->today);
        board.epoch = found->epoch;
        board.version = found->versions[i];
        board.as_of = found->as_of;
        board.rows = std::move(*found->rows[i]);
        answer(std::move(board));
      });
}

caf::result<served_board> ranking_state::find(const find_rank& m) {
  pending_reply<served_board> reply{self_};
  ask(self_, peers_.boards, reply.within(config_.request_timeout),
      find_in_board{m.window, today(), m.id, m.each_side},
      [this, m, reply](result<board_place> found) {
        if (found && found->epoch != 0 && found->rows.empty())
          return reply(errc::article_not_found);
        auto near = empty_board(m.window, found ? found->today : 0);
        if (found && found->epoch != 0) {
          near.epoch = found->epoch;
          near.version = found->version;
          near.as_of = found->as_of;
          near.rows = std::move(found->rows);
        } else if (auto copied = near_in_copy(m)) {
          near = std::move(*copied);
        } else {
          return reply(found ? failure{errc::starting, "the ranking is being built"}
                             : std::move(found.error()));
        }
        const bool stale = is_stale(near.as_of);
        reply(
            served_board{std::make_shared<const board_snapshot>(std::move(near)), stale});
      });
  return reply.promise();
}

std::optional<board_snapshot> ranking_state::near_in_copy(const find_rank& m) const {
  const auto copy = served(m.window).board;
  if (!copy)
    return std::nullopt;
  const auto& rows = copy->rows;
  const auto it = std::ranges::find(rows, m.id, &board_row::id);
  if (it == rows.end())
    return std::nullopt;
  const auto index = static_cast<std::size_t>(it - rows.begin());
  const auto first = index - std::min(m.each_side, index);
  const auto end = std::min(rows.size(), index + m.each_side + 1);
  auto out = *copy;
  out.rows = {rows.begin() + static_cast<std::ptrdiff_t>(first),
              rows.begin() + static_cast<std::ptrdiff_t>(end)};
  return out;
}

} // namespace tinybook
