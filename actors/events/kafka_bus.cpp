#include "actors/events/kafka_bus.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

kafka_bus_state::kafka_bus_state(self_pointer<actor_type> self, kafka_bus_config config)
    : self_(self),
      config_(std::move(config)),
      cluster_(self_.meter, "kafka"),
      tick_(self_, 1) {}

auto kafka_bus_state::make_behavior() -> actor_type::behavior_type {
  tick_.arm(milliseconds{0});
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (tick_.fired(t))
          tick();
      },
      [this](publish_messages& asked) { return publish(asked); },
  };
}

caf::result<done> kafka_bus_state::publish(publish_messages& asked) {
  if (!producer_)
    return to_error({errc::unavailable, "kafka is away: " + last_failure_});
  if (producer_->in_flight() + asked.messages.size() > config_.max_queue)
    return to_error({errc::overloaded, "too many messages wait for kafka"});
  auto id = ++last_batch_;
  auto at = batches_.emplace(id, batch{pending_reply<done>{self_}, {}, 0}).first;
  auto promise = at->second.reply.promise();
  if (auto sent = send_events(asked, id, at->second); !sent) {
    replace_producer(sent.error());
    return promise;
  }
  if (at->second.missing == 0)
    delivered(at);
  schedule();
  return promise;
}

result<done> kafka_bus_state::send_events(const publish_messages& asked, std::uint64_t id,
                                          batch& into) {
  for (const auto& m : asked.messages) {
    if (m.key.empty()) {
      into.heartbeats.push_back(m.payload);
      continue;
    }
    auto sent = producer_->send(producer_->partition_of(m.key), m.key, m.payload, id);
    if (!sent)
      return sent;
    ++into.missing;
  }
  return done{};
}

result<done> kafka_bus_state::send_heartbeats(std::uint64_t id, batch& of) {
  for (const auto& heartbeat : std::exchange(of.heartbeats, {}))
    for (std::int32_t p = 0; p < producer_->partitions(); ++p) {
      if (auto sent = producer_->send(p, {}, heartbeat, id); !sent)
        return sent;
      ++of.missing;
    }
  return done{};
}

void kafka_bus_state::tick() {
  if (!producer_) {
    if (auto connected = connect(); !connected) {
      last_failure_ = connected.error().detail;
      cluster_.lost(last_failure_);
      bool refused = connected.error().code == errc::wrong_state;
      tick_.arm(refused ? config_.refused_retry : config_.retry);
      return;
    }
    cluster_.found();
  }
  take_reports();
  if (producer_ && steady_clock::now() >= next_probe_)
    probe();
  schedule();
}

/// Makes a new producer for each attempt: an old one may wait out broken connections.
/// Fails with `wrong_state` where a broker answers, but the topic cannot be used.
result<done> kafka_bus_state::connect() {
  auto made = storage::kafka::producer::make(config_.kafka);
  if (!made)
    throw std::runtime_error(made.error().detail);
  if (auto alive = (*made)->reachable(config_.probe_bound); !alive)
    return alive;
  if (auto prepared = (*made)->prepare(config_.prepare_bound); !prepared)
    return failure{errc::wrong_state, prepared.error().detail};
  producer_ = std::move(*made);
  ++producers_;
  next_probe_ = steady_clock::now() + config_.probe_period;
  return done{};
}

void kafka_bus_state::take_reports() {
  // Waits only while there is something to wait for.
  auto reports = producer_->poll(milliseconds{producer_->in_flight() > 0 ? 10 : 0});
  for (auto& report : reports) {
    if (!report.outcome)
      return replace_producer(report.outcome.error());
    ++published_;
    auto at = batches_.find(report.tag);
    if (at != batches_.end() && --at->second.missing == 0)
      delivered(at);
    if (!producer_)
      return;
  }
  if (auto fatal = producer_->fatal())
    replace_producer(*fatal);
}

void kafka_bus_state::delivered(batches::iterator at) {
  if (auto sent = send_heartbeats(at->first, at->second); !sent)
    return replace_producer(sent.error());
  if (at->second.missing > 0)
    return;
  at->second.reply(done{});
  batches_.erase(at);
}

void kafka_bus_state::probe() {
  auto seen = producer_->refresh_partitions(config_.probe_bound);
  next_probe_ = steady_clock::now() + config_.probe_period;
  if (!seen)
    replace_producer(seen.error());
}

/// Fails everything under way; the next tick makes a new producer.
void kafka_bus_state::replace_producer(const failure& why) {
  failures_ += std::max<std::size_t>(batches_.size(), 1);
  last_failure_ = why.detail;
  for (auto& [id, failed] : std::exchange(batches_, {}))
    failed.reply(failure{errc::unavailable, why.detail});
  producer_.reset();
  schedule();
}

void kafka_bus_state::schedule() {
  if (producer_ && producer_->in_flight() > 0)
    tick_.arm(milliseconds{0});
  else
    tick_.arm(config_.retry);
}

actor_status kafka_bus_state::status() const {
  auto in_flight = producer_ ? producer_->in_flight() : 0;
  return {{{"published", static_cast<double>(published_)},
           {"failures", static_cast<double>(failures_)},
           {"in_flight", static_cast<double>(in_flight),
            static_cast<double>(config_.max_queue)},
           {"partitions", producer_ ? static_cast<double>(producer_->partitions()) : 0.0},
           {"producers_made", static_cast<double>(producers_)}},
          {{"connected", producer_ ? "yes" : "no"},
           {"topic", config_.kafka.topic},
           {"last_failure", last_failure_}}};
}

} // namespace tinybook
