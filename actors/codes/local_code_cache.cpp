#include "actors/codes/local_code_cache.hpp"

#include "actors/system/ask.hpp"
#include "storage/code_store.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

failure not_loaded() {
  failure f{errc::starting, "the codes are being loaded"};
  f.retry_after = std::chrono::seconds{1};
  return f;
}

/// A change that could not be committed, for whatever reason, did not happen.
failure not_saved(failure why) {
  if (why.code != errc::storage_full && why.code != errc::database_busy
      && why.code != errc::overloaded)
    why.code = errc::unavailable;
  why.detail = "the state of a code could not be stored: " + why.detail;
  return why;
}

} // namespace

local_code_cache_state::local_code_cache_state(self_pointer<actor_type> self,
                                               local_code_cache_config config,
                                               store_address<code_store_actor> store,
                                               wall_clock clock)
    : self_(std::move(self)),
      config_(config),
      store_(std::move(store)),
      clock_(std::move(clock)),
      book_(config.rules, config.capacity),
      queue_(config.max_waiting),
      timer_(self_, 1) {}

auto local_code_cache_state::make_behavior() -> actor_type::behavior_type {
  load();
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          tick();
      },
      [this](issue_code& m) { return issue(m); },
      [this](const confirm_code& m) { confirm(m); },
      [this](const withdraw_code& m) { return withdraw(m); },
      [this](try_code& m) { return try_one(m); },
      [this](const settle_code& m) { return settle(m); },
      [this](const is_code_wanted& m) { return wanted(m); },
  };
}

template <class Reply>
caf::result<Reply>
local_code_cache_state::in_turn(const code_key& key,
                                std::function<void(const pending_reply<Reply>&)> op) {
  if (!loaded_)
    return to_error(not_loaded());
  pending_reply<Reply> reply{self_};
  const auto until = self_->clock().now() + reply.within(config_.request_timeout);
  bool taken = queue_.run(key, [this, until, reply, op = std::move(op)] {
    if (self_->clock().now() >= until)
      reply(failure{errc::deadline_exceeded, "waited too long for its turn"});
    else
      op(reply);
  });
  if (!taken)
    reply(failure{errc::overloaded, "too many operations wait for their turn"});
  return reply.promise();
}

caf::result<code_issued> local_code_cache_state::issue(issue_code& m) {
  auto key = m.key;
  return in_turn<code_issued>(
      key, [this, m = std::move(m)](const auto& reply) { reserve(m, reply); });
}

void local_code_cache_state::reserve(const issue_code& m,
                                     const pending_reply<code_issued>& reply) {
  auto now = clock_();
  auto issued = m.replaces == 0 ? book_.issue(m.key, now, m.code)
                                : book_.replace(m.key, now, m.replaces, m.code);
  if (!issued)
    return reply(std::move(issued.error()));
  // Its issuer may store the message until the deadline.
  begin_reservation(
      m.key, m.code.code_id,
      std::max(config_.reservation_timeout,
               reply.within(config_.request_timeout) + config_.request_timeout));
  auto ends = matters_until(*issued, config_.rules);
  reply(code_issued{storage::keyed_code_state{m.key, std::move(*issued), ends}});
}

void local_code_cache_state::begin_reservation(const code_key& key, std::int64_t by,
                                               std::chrono::milliseconds time) {
  queue_.hold(key);
  reserved_[key] = {by, ++reservations_};
  reservation_ends_.emplace(self_->clock().now() + time,
                            reservation_end{key, reservations_});
}

bool local_code_cache_state::is_reserved(const code_key& key, std::int64_t by) const {
  auto it = reserved_.find(key);
  return it != reserved_.end() && it->second.by == by;
}

void local_code_cache_state::end_reservation(const code_key& key) {
  reserved_.erase(key);
  queue_.release(key);
}

void local_code_cache_state::confirm(const confirm_code& m) {
  if (!loaded_)
    return confirmed_early_.push_back(m);
  if (is_reserved(m.key, m.code))
    return end_reservation(m.key);
  // The reservation ran out (then the code lives already), or this actor has crashed and
  // may have loaded the rows before this one was committed.
  if (!book_.wanted(m.key, m.code, clock_()))
    load_again(m.key);
}

/// What is committed is the truth; nothing may be committed meanwhile.
void local_code_cache_state::load_again(const code_key& key) {
  (void)queue_.run(key, [this, key] {
    queue_.hold(key);
    ask(self_, store_, config_.request_timeout, storage::load_code_states{clock_(), key},
        [this, key](result<storage::code_states> stored) {
          if (stored)
            for (auto& s : stored->states)
              book_.put(s.key, std::move(s.state), clock_());
          queue_.release(key);
        });
  });
}

caf::result<done> local_code_cache_state::withdraw(const withdraw_code& m) {
  if (is_reserved(m.key, m.code)) {
    book_.withdraw(m.key, m.code, clock_());
    end_reservation(m.key);
    return done{};
  }
  return in_turn<done>(m.key, [this, m](const auto& reply) { withdraw_late(m, reply); });
}

/// The reservation ran out, so the code may have been tried and stored by now.
void local_code_cache_state::withdraw_late(const withdraw_code& m,
                                           const pending_reply<done>& reply) {
  const auto* state = book_.find(m.key);
  if (state == nullptr)
    return reply(done{});
  commit(m.key, tinybook::withdraw(*state, m.code), reply.within(config_.request_timeout),
         [reply](result<done> saved) { reply(std::move(saved)); });
}

caf::result<code_verdict> local_code_cache_state::try_one(try_code& m) {
  auto key = m.key;
  return in_turn<code_verdict>(
      key, [this, m = std::move(m)](const auto& reply) { verify(m, reply); });
}

void local_code_cache_state::verify(const try_code& m,
                                    const pending_reply<code_verdict>& reply) {
  const auto* state = book_.find(m.key);
  if (state == nullptr)
    return reply(code_verdict{});
  auto verified =
      tinybook::verify(*state, clock_(), m.candidates, m.asker, config_.rules);
  auto verdict = code_verdict{std::move(verified.verdict)};
  if (verdict.verdict.outcome == verify_outcome::accepted)
    begin_reservation(m.key, m.ticket, config_.rules.hold);
  if (verdict.verdict.outcome != verify_outcome::wrong)
    return reply(std::move(verdict)); // Nothing was counted.
  commit(m.key, std::move(verified.state), reply.within(config_.request_timeout),
         [reply, verdict = std::move(verdict)](result<done> saved) {
           if (saved)
             reply(verdict);
           else
             reply(std::move(saved.error()));
         });
}

/// Also after a hold that ran out: the stored row has lost its codes already.
caf::result<done> local_code_cache_state::settle(const settle_code& m) {
  const auto& use = m.ticket.use;
  if (m.used)
    if (const auto* state = book_.find(use.key))
      book_.put(use.key, consume(*state, use.codes), clock_());
  if (is_reserved(use.key, m.ticket.number))
    end_reservation(use.key);
  return done{};
}

void local_code_cache_state::commit(const code_key& key, code_state state,
                                    std::chrono::milliseconds most,
                                    std::function<void(result<done>)> then) {
  queue_.hold(key);
  ++saving_;
  auto ends = matters_until(state, config_.rules);
  storage::save_code_state command{{key, state, ends}};
  ask(self_, store_, most, std::move(command),
      [this, key, state = std::move(state),
       then = std::move(then)](result<done> saved) mutable {
        --saving_;
        if (saved) {
          book_.put(key, std::move(state), clock_());
          then(done{});
        } else {
          ++failed_saves_;
          then(not_saved(std::move(saved.error())));
        }
        queue_.release(key);
      });
}

caf::result<code_wanted_answer>
local_code_cache_state::wanted(const is_code_wanted& m) const {
  if (!loaded_)
    return to_error(not_loaded());
  return code_wanted_answer{book_.wanted(m.key, m.code, clock_())};
}

void local_code_cache_state::load() {
  ask(self_, store_, config_.request_timeout, storage::load_code_states{clock_()},
      [this](result<storage::code_states> stored) {
        if (!stored) {
          self_.meter->health.note_error("loading the codes: " + stored.error().detail,
                                         clock_());
          timer_.arm(config_.load_retry);
          return;
        }
        for (auto& s : stored->states)
          book_.put(s.key, std::move(s.state), clock_());
        loaded_ = true;
        for (const auto& early : std::exchange(confirmed_early_, {}))
          confirm(early);
        self_.meter->health.error_ends(clock_());
        next_cleanup_ = self_->clock().now() + config_.cleanup_period;
        timer_.arm(config_.tick);
      });
}

void local_code_cache_state::tick() {
  if (!loaded_)
    return load();
  expire_reservations();
  // Operations sweep, too: this is for times without any.
  book_.sweep(clock_(), 4096);
  if (self_->clock().now() >= next_cleanup_)
    clean_up_rows();
  timer_.arm(config_.tick);
}

void local_code_cache_state::expire_reservations() {
  auto now = self_->clock().now();
  while (!reservation_ends_.empty() && reservation_ends_.begin()->first <= now) {
    auto end = std::move(reservation_ends_.extract(reservation_ends_.begin()).mapped());
    auto it = reserved_.find(end.key);
    if (it == reserved_.end() || it->second.number != end.number)
      continue;
    ++reservations_expired_;
    end_reservation(end.key);
  }
}

void local_code_cache_state::clean_up_rows() {
  next_cleanup_ = self_->clock().now() + config_.cleanup_period;
  storage::remove_code_states command;
  command.now = clock_();
  auto limit = command.limit;
  ask(self_, store_, config_.request_timeout, command,
      [this, limit](const result<storage::removed_states>& removed) {
        if (removed && removed->rows >= limit)
          next_cleanup_ = self_->clock().now(); // There are more of them.
      });
}

actor_status local_code_cache_state::status() const {
  return {
      {{"states", static_cast<double>(book_.size()),
        static_cast<double>(book_.capacity())},
       {"live", static_cast<double>(book_.live()), static_cast<double>(book_.capacity())},
       {"reserved", static_cast<double>(reserved_.size())},
       {"saving", static_cast<double>(saving_)},
       {"waiting", static_cast<double>(queue_.waiting()),
        static_cast<double>(queue_.capacity())},
       {"failed_saves", static_cast<double>(failed_saves_)},
       {"reservations_expired", static_cast<double>(reservations_expired_)}},
      {{"loaded", loaded_ ? "yes" : "no"}},
      loaded_};
}

} // namespace tinybook
