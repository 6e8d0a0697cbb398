#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "storage/support/random.hpp"
#include "tests/support/actor_fixture.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

namespace tinybook::test {

/// Lets a test count, fail or hold the messages of an actor, by their type.
class gate {
 public:
  template <class Command>
  void fail(failure why) {
    failures_[typeid(Command)] = std::move(why);
  }
  /// Leaves such messages without an answer until `release`.
  template <class Command>
  void hold() {
    holds_.insert(typeid(Command));
  }
  /// Leaves every message without an answer until it is drawn by `release_one`.
  void hold_all() { holds_all_ = true; }
  /// Lets everything pass again; what was held is answered when things run next.
  void release() {
    failures_.clear();
    holds_.clear();
    holds_all_ = false;
    for (const auto& one : std::exchange(waiting_, {}))
      let_pass(one);
  }
  /// Lets one of the held messages be answered, whichever is drawn; false where none is
  /// held.
  bool release_one(random_source& random) {
    if (waiting_.empty())
      return false;
    const auto drawn =
        waiting_.begin() + random.below(static_cast<std::uint32_t>(waiting_.size()));
    auto one = std::move(*drawn);
    waiting_.erase(drawn);
    let_pass(one);
    return true;
  }

  template <class Command>
  [[nodiscard]] int seen() {
    return seen_[typeid(Command)];
  }
  [[nodiscard]] std::size_t held() const { return held_; }

  [[nodiscard]] const failure* failure_of(std::type_index command) const {
    auto it = failures_.find(command);
    return it == failures_.end() ? nullptr : &it->second;
  }
  /// Counts a message to `owner`; its number where it is to be held.
  [[nodiscard]] std::optional<int> arrived(std::type_index command,
                                           const caf::actor& owner) {
    ++seen_[command];
    if (!holds_all_ && !holds_.contains(command))
      return std::nullopt;
    waiting_.push_back({++last_number_, owner});
    ++held_;
    return last_number_;
  }
  [[nodiscard]] bool may_pass(int number) const { return passing_.contains(number); }
  void let_go() { --held_; }

 private:
  struct waiting {
    int number;
    caf::actor owner;
  };

  void let_pass(const waiting& one) {
    passing_.insert(one.number);
    caf::anon_send(one.owner, timer_fired{});
  }

  std::map<std::type_index, failure> failures_;
  std::set<std::type_index> holds_;
  std::map<std::type_index, int> seen_;
  bool holds_all_ = false;
  std::vector<waiting> waiting_; ///< Held messages, in the order of their arrival.
  std::set<int> passing_;
  int last_number_ = 0;
  std::size_t held_ = 0;
};

/// The actor's side of a gate: only the actor that made a promise may fulfil it.
template <class Handle>
class gate_keeper {
 public:
  gate_keeper(self_pointer<Handle> self, std::shared_ptr<gate> g)
      : self_(std::move(self)), gate_(std::move(g)) {}

  /// Answers `command` by `run`, unless the test wants it otherwise.
  template <class Command, class Run>
  caf::result<typename Command::reply> pass(Command& command, Run run) {
    const auto held =
        gate_->arrived(typeid(Command), caf::actor_cast<caf::actor>(self_.get()));
    if (const auto* why = gate_->failure_of(typeid(Command)))
      return to_error(*why);
    if (!held)
      return answer(run(command));
    pending_reply<typename Command::reply> reply{self_};
    held_.emplace_back(*held,
                       [reply, run = std::move(run), command] { reply(run(command)); });
    return reply.promise();
  }

  /// To be called on `timer_fired`.
  void run_held() {
    for (auto& [number, run] : std::exchange(held_, {})) {
      if (!gate_->may_pass(number)) {
        held_.emplace_back(number, std::move(run));
        continue;
      }
      gate_->let_go();
      run();
    }
  }

 private:
  self_pointer<Handle> self_;
  std::shared_ptr<gate> gate_;
  std::vector<std::pair<int, std::function<void()>>> held_;
};

/// The reader or the writer of a store, on a model with a `run` for each command.
template <class Handle, class Model, class... Commands>
class model_store_state {
 public:
  model_store_state(self_pointer<Handle> self, std::shared_ptr<Model> model,
                    std::shared_ptr<gate> g)
      : self_(self), model_(std::move(model)), keeper_(self, std::move(g)) {}

  typename Handle::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired&) { keeper_.run_held(); },
        [this](Commands& command) {
          return keeper_.pass(
              command,
              [model = model_](const Commands& c) -> result<typename Commands::reply> {
                return model->run(c);
              });
        }...,
    };
  }

 private:
  self_pointer<Handle> self_;
  std::shared_ptr<Model> model_;
  gate_keeper<Handle> keeper_;
};

namespace detail {

template <class Store, class Reads, class Writes>
struct store_starter;
template <class Store, class... Reads, class... Writes>
struct store_starter<Store, storage::commands<Reads...>, storage::commands<Writes...>> {
  template <class Model>
  static store_address<Store> start(actor_fixture& f, std::shared_ptr<Model> model,
                                    std::shared_ptr<gate> g) {
    using reader = typename Store::reader;
    using writer = typename Store::writer;
    auto w =
        f.start<writer, model_store_state<writer, Model, Writes...>>("writer", model, g);
    auto r =
        f.start<reader, model_store_state<reader, Model, Reads...>>("reader", model, g);
    return {address<writer>{w, "writer"}, {address<reader>{r, "reader"}}};
  }
};

} // namespace detail

/// Starts reader and writer of `Store` on `model`.
template <class Store, class Model>
store_address<Store> start_store(actor_fixture& f, std::shared_ptr<Model> model,
                                 std::shared_ptr<gate> g) {
  return detail::store_starter<Store, typename Store::read_commands,
                               typename Store::write_commands>::start(f, std::move(model),
                                                                      std::move(g));
}

/// An answer that is asked for now and looked at later.
template <class Reply>
using later = std::shared_ptr<std::optional<result<Reply>>>;

/// Sends `command` at the next run; the answer appears in what is returned.
template <class Handle, class Command>
later<typename Command::reply> ask_later(actor_fixture& f, const Handle& to,
                                         Command command) {
  using reply = typename Command::reply;
  auto out = std::make_shared<std::optional<result<reply>>>();
  f.sys.spawn([out, to, command = std::move(command)](caf::event_based_actor* self) {
    self->request(to, caf::infinite, command)
        .then([out](reply& value) { out->emplace(std::move(value)); },
              [out](caf::error& e) { out->emplace(to_failure(e, "test")); });
  });
  return out;
}

} // namespace tinybook::test
