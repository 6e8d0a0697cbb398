#include "tests/ranking_simulation/servers.hpp"

#include "actors/ranking/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>

namespace tinybook::ranking_sim {

auto reader_state::make_behavior() -> actor_type::behavior_type {
  const auto absent = [](const auto&) {
    return to_error(errc::internal);
  };
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) { way_.fired(t); },
      [this](const storage::list_board_rows& m) {
        return way_.pass<storage::event_page>(
            [this, m](const auto& back) { back(world_->articles.rows(m)); });
      },
      [this](const storage::list_board_days& m) {
        return way_.pass<storage::event_page>(
            [this, m](const auto& back) { back(world_->articles.days(m)); });
      },
      [this](const storage::list_top_articles& m) {
        return way_.pass<storage::event_page>(
            [this, m](const auto& back) { back(world_->articles.top(m)); });
      },
      [this](const storage::pending_events& m) {
        return way_.pass<storage::stored_events>([this, m](const auto& back) {
          back(world_->articles.pending(replica_, m, world_->now()));
        });
      },
      [this](const storage::remove_events& m) {
        return way_.pass<done>([this, m](const auto& back) {
          world_->articles.remove(m);
          back(done{});
        });
      },
      [absent](const storage::list_own_articles& m)
          -> caf::result<storage::article_list> { return absent(m); },
      [absent](const storage::find_own_article& m)
          -> caf::result<storage::article_detail> { return absent(m); },
      [absent](const storage::find_saved_article& m)
          -> caf::result<storage::article_detail> { return absent(m); },
      [absent](const storage::find_public_article& m)
          -> caf::result<storage::article_detail> { return absent(m); },
      [absent](const storage::list_newest_articles& m)
          -> caf::result<storage::article_list> { return absent(m); },
  };
}

auto bus_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) { way_.fired(t); },
      [this](const publish_messages& batch) {
        return way_.pass<done>([this, batch](const auto& back) { back(append(batch)); });
      },
  };
}

/// While the server has faults, each message of a batch may get through or not.
result<done> bus_state::append(const publish_messages& batch) {
  bool all = true;
  auto& partitions = world_->log.partitions;
  const auto put = [&](std::size_t p, const bus_message& m) {
    if (world_->happens(world_->bus_mood.fails)) {
      all = false;
      return;
    }
    partitions[p].push_back({m.key, m.payload, static_cast<std::int32_t>(p)});
  };
  for (const auto& m : batch.messages) {
    if (m.key.empty())
      for (std::size_t p = 0; p < partitions.size(); ++p)
        put(p, m);
    else
      put(static_cast<std::size_t>(m.key.back()) % partitions.size(), m);
  }
  if (!all)
    return failure{errc::unavailable, "not delivered"};
  return done{};
}

auto source_state::make_behavior() -> actor_type::behavior_type {
  poll_.arm(std::chrono::milliseconds{1});
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (poll_.fired(t))
          poll();
      },
  };
}

void source_state::poll() {
  auto& log = world_->log;
  const auto most = 1 + static_cast<std::size_t>(world_->pick(20));
  deliver_messages batch;
  batch.partitions = static_cast<std::int32_t>(log.partitions.size());
  auto read_to = log.committed;
  for (std::size_t p = 0; p < log.partitions.size(); ++p) {
    if (log.owner[p] != replica_)
      continue;
    const auto end = std::min(log.partitions[p].size(), log.committed[p] + most);
    for (; read_to[p] < end; ++read_to[p])
      batch.messages.push_back(log.partitions[p][read_to[p]]);
  }
  if (batch.messages.empty() || world_->happens(world_->bus_mood.fails))
    return poll_.arm(std::chrono::milliseconds{50 + world_->pick(100)});
  ask(self_, feed_, std::chrono::seconds{5}, std::move(batch),
      [this, read_to, generation = log.generation](const result<done>& acked) {
        // A read from before a rebalance commits nothing: another replica reads it again.
        if (acked && world_->log.generation == generation)
          for (std::size_t p = 0; p < read_to.size(); ++p)
            if (world_->log.owner[p] == replica_)
              world_->log.committed[p] = read_to[p];
        poll_.arm(std::chrono::milliseconds{acked ? 5 : 200});
      });
}

auto boards_door_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) { way_.fired(t); },
      [this](const apply_to_boards& m) { return forward(m); },
      [this](const look_at_boards& m) { return forward(m); },
      [this](const find_in_board& m) { return forward(m); },
      [this](const begin_walk& m) { return forward(m); },
      [this](const finish_walk& m) { return forward(m); },
  };
}

template <class M>
caf::result<typename M::reply> boards_door_state::forward(const M& m) {
  return way_.pass<typename M::reply>([this, m](const auto& back) {
    ask(self_, shared_, std::chrono::seconds{4}, m, back);
  });
}

auto catcher_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const board_updated& pushed) {
        const auto& board = *pushed.board.board;
        ++world_->answers;
        if (auto what = untruth_of(board, world_->articles); !what.empty())
          world_->violated(what);
        (*into_)[static_cast<std::size_t>(board.window)] = pushed.board;
      },
      [](const session_revoked&) { return done{}; },
  };
}

} // namespace tinybook::ranking_sim
