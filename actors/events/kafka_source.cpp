#include "actors/events/kafka_source.hpp"

#include "actors/ranking/messages.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/event_log.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

kafka_source_state::kafka_source_state(self_pointer<actor_type> self,
                                       kafka_source_config config,
                                       address<event_feed_actor> feed,
                                       address<ranking_actor> ranking)
    : self_(self),
      config_(std::move(config)),
      feed_(std::move(feed)),
      ranking_(std::move(ranking)),
      cluster_(self_.meter, "kafka"),
      tick_(self_, 1) {}

auto kafka_source_state::make_behavior() -> actor_type::behavior_type {
  tick_.arm(milliseconds{0});
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (tick_.fired(t))
          tick();
      },
  };
}

void kafka_source_state::tick() {
  if (!consumer_) {
    if (auto connected = connect(); !connected) {
      last_failure_ = connected.error().detail;
      cluster_.lost(last_failure_);
      bool refused = connected.error().code == errc::wrong_state;
      tick_.arm(refused ? config_.refused_retry : config_.retry);
      return;
    }
    cluster_.found();
  }
  if (full() && !paused_) {
    hold_back();
  } else {
    full_since_ = {};
    read();
  }
  if (consumer_) {
    deliver_next();
    if (steady_clock::now() >= next_probe_)
      probe();
  }
  schedule();
}

/// Fails with `wrong_state` where a broker answers, but the topic cannot be used.
result<done> kafka_source_state::connect() {
  auto made = storage::kafka::consumer::make(config_.kafka, config_.instance);
  if (!made)
    throw std::runtime_error(made.error().detail);
  if (auto alive = (*made)->reachable(config_.probe_bound); !alive)
    return alive;
  auto joined = (*made)->join(config_.prepare_bound);
  if (!joined)
    return failure{errc::wrong_state, joined.error().detail};
  consumer_ = std::move(*made);
  partitions_ = *joined;
  next_probe_ = steady_clock::now() + config_.probe_period;
  return done{};
}

/// Waits for the first record only, and only briefly while an ack is awaited.
void kafka_source_state::read() {
  auto wait = milliseconds{delivering_ || !gathering_.empty() ? 5 : 50};
  auto record = consumer_->poll(wait);
  while (record) {
    if (gathering_.generation != consumer_->generation())
      gathering_ = {consumer_->generation(), {}, {}};
    partitions_ = std::max(partitions_, record->partition + 1);
    gathering_.add(std::move(*record));
    ++messages_;
    if (gathering_.messages.size() >= config_.kafka.batch)
      break;
    record = consumer_->poll(milliseconds{0});
  }
  look_at_group();
}

void kafka_source_state::look_at_group() {
  if (consumer_->take_offset_reset()) {
    log_event(config::log_level::warn, "events_lost",
              {{"actor", self_.meter->name()},
               {"why", "offsets are gone; the boards are built anew"}});
    wants_rebuild_ = true;
    next_rebuild_ = steady_clock::now() + config_.rebuild_after;
  }
  if (wants_rebuild_ && !rebuilding_ && steady_clock::now() >= next_rebuild_)
    start_journey(self_, "rebuild", rebuild());
  if (auto trouble = consumer_->trouble()) {
    if (trouble->detail != last_failure_)
      log_event(config::log_level::warn, "consumer_refused",
                {{"actor", self_.meter->name()}, {"why", trouble->detail}});
    last_failure_ = trouble->detail;
  }
  if (auto fatal = consumer_->fatal())
    replace_consumer(*fatal);
}

/// A broker that stops in the middle of a join makes this member look like another
/// process with its name; a new consumer clears that. If there really is one, the two end
/// each other's consumers in turn.
void kafka_source_state::replace_consumer(const failure& why) {
  last_failure_ = why.detail;
  log_event(config::log_level::error, "consumer_failed",
            {{"actor", self_.meter->name()}, {"why", why.detail}});
  auto now = steady_clock::now();
  std::erase_if(replaced_at_,
                [&](time_point t) { return now - t > config_.replace_period; });
  if (replaced_at_.size() >= config_.max_replaced)
    throw std::runtime_error(why.detail);
  replaced_at_.push_back(now);
  consumer_.reset();
  gathering_ = {};
  at_feed_.generation = 0; // Not acknowledged: the new consumer reads it again.
  paused_ = false;
}

void kafka_source_state::deliver_next() {
  if (delivering_ || gathering_.empty())
    return;
  delivering_ = true;
  at_feed_ = std::exchange(gathering_, {});
  if (paused_) {
    consumer_->resume();
    paused_ = false;
  }
  start_journey(self_, "deliver", deliver());
}

/// A batch that failed is handed over again as a whole: repeats are harmless.
task<result<done>> kafka_source_state::deliver() {
  for (;;) {
    const auto applied = co_await ask(feed_, config_.request_timeout,
                                      deliver_messages{at_feed_.messages, partitions_});
    if (applied)
      break;
    ++failures_;
    last_failure_ = applied.error().detail;
    (void)co_await pause(config_.redeliver_after);
  }
  ++batches_;
  delivering_ = false;
  if (consumer_)
    consumer_->acknowledge(at_feed_.generation, at_feed_.behind);
  at_feed_ = {};
  deliver_next();
  schedule();
  co_return done{};
}

bool kafka_source_state::full() const {
  return delivering_ && gathering_.messages.size() >= config_.kafka.batch;
}

/// Nothing more can be taken. After a while the consumer is paused and polled without
/// reading, or the group would take this member for dead.
void kafka_source_state::hold_back() {
  auto now = steady_clock::now();
  if (full_since_ == time_point{})
    full_since_ = now;
  if (now - full_since_ < config_.pause_after)
    return;
  consumer_->pause();
  paused_ = true;
}

/// Repeated until the ranking has begun: only the database has the missing events.
task<result<done>> kafka_source_state::rebuild() {
  rebuilding_ = true;
  ++rebuilds_;
  next_rebuild_ = steady_clock::now() + config_.rebuild_after;
  const auto begun = co_await ask(ranking_, config_.request_timeout, rebuild_boards{});
  rebuilding_ = false;
  if (begun)
    wants_rebuild_ = false;
  else
    last_failure_ = begun.error().detail;
  co_return done{};
}

void kafka_source_state::probe() {
  auto seen = consumer_->count(config_.probe_bound);
  next_probe_ = steady_clock::now() + config_.probe_period;
  if (seen) {
    partitions_ = std::max(partitions_, *seen);
    cluster_.found();
  } else {
    last_failure_ = seen.error().detail;
    cluster_.lost(last_failure_);
  }
}

void kafka_source_state::schedule() {
  if (full())
    tick_.arm(milliseconds{100});
  else
    tick_.arm(milliseconds{0});
}

actor_status kafka_source_state::status() {
  actor_status out;
  std::int64_t lag = 0;
  std::string assigned;
  if (consumer_) {
    for (const auto& [partition, held] : consumer_->assignment()) {
      auto number = std::to_string(partition);
      assigned += (assigned.empty() ? "" : ",") + number;
      out.gauges.push_back({"lag_" + number, static_cast<double>(held.lag())});
      lag += std::max<std::int64_t>(held.lag(), 0);
    }
  }
  out.gauges.insert(out.gauges.begin(),
                    {{"lag", static_cast<double>(lag)},
                     {"messages", static_cast<double>(messages_)},
                     {"batches", static_cast<double>(batches_)},
                     {"failures", static_cast<double>(failures_)},
                     {"rebuilds_asked", static_cast<double>(rebuilds_)},
                     {"partitions", static_cast<double>(partitions_)}});
  out.facts = {{"connected", cluster_.there() ? "yes" : "no"},
               {"assigned", assigned},
               {"held_back", paused_ ? "yes" : "no"},
               {"last_failure", last_failure_}};
  return out;
}

} // namespace tinybook
