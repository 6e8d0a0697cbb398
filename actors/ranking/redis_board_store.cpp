#include "actors/ranking/redis_board_store.hpp"

#include "actors/ranking/redis_board_codec.hpp"
#include "actors/ranking/redis_board_scripts.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace tinybook {

using storage::redis::value;

namespace {

const char* word_of(walk_reason reason) {
  switch (reason) {
  case walk_reason::cold:
    return "cold";
  case walk_reason::rebuild:
    return "rebuild";
  case walk_reason::audit:
    return "audit";
  }
  return "cold";
}

const char* word_of(board_window window) {
  switch (window) {
  case board_window::all:
    return "all";
  case board_window::day:
    return "d";
  case board_window::week:
    return "w";
  }
  return "all";
}

} // namespace

/// A batch on its way: one script after the other.
struct redis_board_store_state::applying {
  apply_to_boards batch;
  pending_reply<boards_applied> reply;
  std::size_t begun = 0; ///< Events that were handed over.
  boards_applied sums{};
};

auto redis_board_store_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](apply_to_boards& m) { return apply(m); },
      [this](const look_at_boards& m) { return look(m); },
      [this](const find_in_board& m) { return find(m); },
      [this](const begin_walk& m) { return begin(m); },
      [this](const finish_walk& m) { return finish(m); },
  };
}

run_script redis_board_store_state::command(const storage::redis::script& script,
                                            std::vector<std::string> args) const {
  return {&script, {config_.prefix + ":{rank}"}, std::move(args)};
}

template <class Reply, class Read>
caf::result<Reply> redis_board_store_state::run(const storage::redis::script& script,
                                                std::vector<std::string> args,
                                                Read read) {
  pending_reply<Reply> reply{self_};
  ask(self_, redis_, config_.request_timeout, command(script, std::move(args)),
      [this, reply, read](result<value> answer) {
        if (!answer) {
          ++failures_;
          return reply(std::move(answer.error()));
        }
        reply(result<Reply>{read(*answer)});
      });
  return reply.promise();
}

caf::result<boards_applied> redis_board_store_state::apply(apply_to_boards& m) {
  auto a = std::make_shared<applying>(
      applying{std::move(m), pending_reply<boards_applied>{self_}});
  apply_some(a);
  return a->reply.promise();
}

void redis_board_store_state::apply_some(const applying_ptr& a) {
  auto left = std::span{a->batch.events}.subspan(a->begun);
  auto now =
      left.first(std::min(left.size(), std::max<std::size_t>(config_.script_events, 1)));
  bool last = now.size() == left.size();
  a->begun += now.size();
  ask(self_, redis_, config_.request_timeout,
      command(redis_board_scripts::apply, apply_args(a->batch, now, last)),
      [this, a, last](result<value> answer) {
        if (!answer) {
          ++failures_;
          return a->reply(std::move(answer.error()));
        }
        auto applied = read_applied(*answer);
        if (!applied)
          return a->reply(std::move(applied.error()));
        for (auto* sums : {&a->sums, &sums_}) {
          sums->applied += applied->applied;
          sums->ignored += applied->ignored;
          sums->mended += applied->mended;
        }
        if (last)
          a->reply(a->sums);
        else
          apply_some(a);
      });
}

caf::result<boards_seen> redis_board_store_state::look(const look_at_boards& m) {
  ++looks_;
  std::vector<std::string> args{std::to_string(m.today), std::to_string(m.epoch)};
  for (auto version : m.versions)
    args.push_back(std::to_string(version));
  return run<boards_seen>(redis_board_scripts::look, std::move(args), read_seen);
}

caf::result<board_place> redis_board_store_state::find(const find_in_board& m) {
  return run<board_place>(redis_board_scripts::find,
                          {word_of(m.window), std::to_string(m.today),
                           std::to_string(m.id), std::to_string(m.each_side)},
                          read_place);
}

caf::result<walk_grant> redis_board_store_state::begin(const begin_walk& m) {
  return run<walk_grant>(redis_board_scripts::begin,
                         {m.replica, word_of(m.reason),
                          std::to_string(std::max<std::int64_t>(m.lease.count(), 1))},
                         [](const value& answer) { return walk_grant{to_int(answer)}; });
}

caf::result<done> redis_board_store_state::finish(const finish_walk& m) {
  return run<done>(
      redis_board_scripts::finish,
      {m.replica, std::to_string(m.epoch), std::to_string(to_unix_ms(m.complete_until))},
      [](const value& answer) -> result<done> {
        if (to_int(answer) != 1)
          return failure{errc::wrong_state, "the lease was lost"};
        return done{};
      });
}

actor_status redis_board_store_state::status() const {
  return {{{"applied", static_cast<double>(sums_.applied)},
           {"ignored", static_cast<double>(sums_.ignored)},
           {"mended", static_cast<double>(sums_.mended)},
           {"looks", static_cast<double>(looks_)},
           {"failures", static_cast<double>(failures_)}},
          {{"kept_in", "redis"}}};
}

} // namespace tinybook
