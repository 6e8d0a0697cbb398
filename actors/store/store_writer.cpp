#include "actors/store/store_worker.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/kill_point.hpp"

#include <stdexcept>
#include <type_traits>
#include <utility>

namespace tinybook {

template <class... Commands>
auto store_writer_state::behavior_for(writes<Commands...>) -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) {
        commit();
        self_->quit(caf::exit_reason::user_shutdown);
      },
      [this](const timer_fired&) { commit(); },
      [this](Commands& command) {
        return add(command);
      }...,
  };
}

auto store_writer_state::make_behavior() -> actor_type::behavior_type {
  auto opened = database_->open_writer();
  if (!opened)
    throw std::runtime_error(opened.error().detail);
  connection_ = std::move(*opened);
  return behavior_for(store_actor::write_commands{});
}

template <class Command>
caf::result<typename Command::reply> store_writer_state::add(Command& command) {
  using reply = typename Command::reply;
  struct write {
    Command command;
    pending_reply<reply> reply_to;
    result<reply> outcome;
  };
  constexpr bool submits = std::is_same_v<Command, storage::submit_message>;
  auto shared = std::make_shared<write>(
      write{std::move(command), pending_reply<reply>{self_}, errc::internal});
  auto promise = shared->reply_to.promise();
  group_.push_back({
      [this, shared] {
        shared->outcome = storage::run_on(*connection_, shared->command);
        if constexpr (submits)
          kill_point("before_commit");
        return shared->outcome.ok();
      },
      [shared] {
        if constexpr (submits)
          kill_point("after_commit");
        shared->reply_to(std::move(shared->outcome));
      },
      [shared](const failure& why) {
        // A write that failed by its own rule keeps its own reason.
        if (shared->outcome.ok() || shared->outcome.error().code == errc::internal)
          shared->reply_to(why);
        else
          shared->reply_to(std::move(shared->outcome));
      },
      storage::event_source<Command>,
  });
  if (group_.size() == 1)
    self_->send(self_.handle(), timer_fired{});
  else if (group_.size() >= config_.max_group)
    commit();
  return promise;
}

void store_writer_state::commit() {
  if (group_.empty())
    return;
  auto group = std::exchange(group_, {});
  std::vector<storage::connection::write> writes;
  writes.reserve(group.size());
  for (auto& w : group)
    writes.push_back(std::move(w.run));
  auto committed = connection_->write_batch(writes);
  ++commits_;
  writes_ += group.size();
  answer(group, committed);
}

void store_writer_state::answer(const std::vector<pending_write>& group,
                                const result<done>& committed) {
  bool events = false;
  for (const auto& w : group) {
    events = events || w.emits_events;
    if (committed)
      w.answer();
    else
      w.fail(committed.error());
  }
  if (!committed) {
    ++failed_commits_;
    self_.meter->note_error(committed.error().detail);
  } else if (events) {
    tell(publisher_, events_committed{});
  }
}

actor_status store_writer_state::status() const {
  auto mean =
      commits_ == 0 ? 0.0 : static_cast<double>(writes_) / static_cast<double>(commits_);
  return {{{"commits", static_cast<double>(commits_)},
           {"writes", static_cast<double>(writes_)},
           {"mean_group", mean, static_cast<double>(config_.max_group)},
           {"failed_commits", static_cast<double>(failed_commits_)}},
          {}};
}

} // namespace tinybook
