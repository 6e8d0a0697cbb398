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

template <class T>
result<T> read_with(result<T> (*read)(const value&), const result<value>& answer) {
  if (!answer)
    return answer.error();
  return read(*answer);
}

} // namespace

asking<run_script> redis_board_store::run(const storage::redis::script& script,
                                          std::vector<std::string> args) const {
  return ask(redis_, config_.request_timeout,
             run_script{&script, {config_.prefix + ":{rank}"}, std::move(args)});
}

task<result<boards_applied>> redis_board_store::apply(apply_to_boards batch) {
  boards_applied sums;
  for (std::span<const article_event> left{batch.events};;) {
    const auto now = left.first(
        std::min(left.size(), std::max<std::size_t>(config_.script_events, 1)));
    left = left.subspan(now.size());
    const auto answer =
        co_await run(redis_board_scripts::apply, apply_args(batch, now, left.empty()));
    const auto applied = read_with(read_applied, answer);
    if (!applied)
      co_return applied;
    sums.applied += applied->applied;
    sums.ignored += applied->ignored;
    sums.mended += applied->mended;
    if (left.empty())
      co_return sums;
  }
}

task<result<boards_seen>> redis_board_store::look(look_at_boards known) {
  std::vector<std::string> args{std::to_string(known.today), std::to_string(known.epoch)};
  for (auto version : known.versions)
    args.push_back(std::to_string(version));
  co_return read_with(read_seen,
                      co_await run(redis_board_scripts::look, std::move(args)));
}

task<result<board_place>> redis_board_store::find(find_in_board wanted) {
  co_return read_with(
      read_place,
      co_await run(redis_board_scripts::find,
                   {word_of(wanted.window), std::to_string(wanted.today),
                    std::to_string(wanted.id), std::to_string(wanted.each_side)}));
}

task<result<walk_grant>> redis_board_store::begin(begin_walk wanted) {
  const auto lease = std::max<std::int64_t>(wanted.lease.count(), 1);
  const auto answer =
      co_await run(redis_board_scripts::begin,
                   {wanted.replica, word_of(wanted.reason), std::to_string(lease)});
  if (!answer)
    co_return answer.error();
  co_return walk_grant{to_int(*answer)};
}

task<result<done>> redis_board_store::finish(finish_walk walked) {
  const auto answer = co_await run(redis_board_scripts::finish,
                                   {walked.replica, std::to_string(walked.epoch),
                                    std::to_string(to_unix_ms(walked.complete_until))});
  if (!answer)
    co_return answer.error();
  if (to_int(*answer) != 1)
    co_return failure{errc::wrong_state, "the lease was lost"};
  co_return done{};
}

} // namespace tinybook
