#include "actors/redis/redis_client.hpp"

#include "actors/system/event_log.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using storage::redis::connection;
using storage::redis::value;

/// How often the outcome of an attempt is checked.
constexpr milliseconds look_period{10};

} // namespace

redis_client_state::redis_client_state(self_pointer<actor_type> self,
                                       redis_client_config config,
                                       std::shared_ptr<random_source> random)
    : self_(std::move(self)),
      config_(std::move(config)),
      random_(std::move(random)),
      presence_(self_.meter, "redis"),
      timer_(self_, 1) {}

redis_client_state::~redis_client_state() {
  flush();
}

auto redis_client_state::make_behavior() -> actor_type::behavior_type {
  // Waits here, while nobody else does, so that the first commands are not refused.
  connected(connection::open(config_.server));
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) {
        flush();
        self_->quit(caf::exit_reason::user_shutdown);
      },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          reconnect();
      },
      [this](run_script& m) { return add(m); },
      [this](const flush_batch&) { flush(); },
  };
}

caf::result<value> redis_client_state::add(run_script& m) {
  if (connection_ == nullptr) {
    ++refused_;
    return to_error(away());
  }
  if (commands_.empty())
    self_->send(self_.handle(), flush_batch{});
  commands_.push_back({m.script, std::move(m.keys), std::move(m.args)});
  auto promise = replies_.emplace_back(self_).promise();
  if (commands_.size() >= config_.max_batch)
    flush();
  return promise;
}

void redis_client_state::flush() {
  if (commands_.empty())
    return;
  auto commands = std::exchange(commands_, {});
  auto replies = std::exchange(replies_, {});
  if (connection_ == nullptr) {
    for (auto& reply : replies)
      reply(away());
    return;
  }
  auto answers = connection_->run(commands);
  ++batches_;
  commands_run_ += answers.size();
  // Before the answers: whoever gets the failure is to find it in the meter, too.
  if (!connection_->alive()) {
    auto first = std::ranges::find_if(answers, [](const auto& a) { return !a.ok(); });
    connection_lost(first == answers.end()
                        ? failure{errc::unavailable, "the connection is lost"}
                        : first->error());
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    failures_ += answers[i].ok() ? 0U : 1U;
    replies[i](std::move(answers[i]));
  }
}

void redis_client_state::connected(opened connection) {
  if (!connection)
    return connection_lost(std::move(connection.error()));
  connection_ = std::move(*connection);
  attempts_ = 0;
  reconnects_ += why_away_.empty() ? 0U : 1U;
  why_away_.clear();
  was_there_ = true;
  presence_.found();
}

void redis_client_state::connection_lost(failure why) {
  connection_.reset();
  presence_.lost(why.detail);
  // Needs an operator, so it is logged even when another trouble came first.
  if (why.code == errc::wrong_state && why.detail != why_away_)
    log_event(config::log_level::error, "back_end_refused",
              {{"back_end", "redis"}, {"why", why.detail}});
  // A server that is unusable at the start does not become usable by waiting.
  if (why.code == errc::wrong_state && !was_there_ && config_.unfit)
    config_.unfit("redis: " + why.detail);
  why_away_ = std::move(why.detail);
  auto wait = std::max(look_period, backoff_delay({.base = config_.server.reconnect_base,
                                                   .cap = config_.server.reconnect_cap},
                                                  attempts_++, *random_));
  next_attempt_ = steady_clock::now() + wait;
  timer_.arm(wait);
}

void redis_client_state::reconnect() {
  if (!attempt_.valid())
    attempt_ = std::async(std::launch::async,
                          [server = config_.server] { return connection::open(server); });
  if (attempt_.wait_for(milliseconds{0}) != std::future_status::ready)
    return timer_.arm(look_period);
  connected(attempt_.get());
}

failure redis_client_state::away() const {
  failure f{errc::unavailable, "redis is away: " + why_away_};
  auto wait = std::chrono::ceil<milliseconds>(next_attempt_ - steady_clock::now());
  f.retry_after = std::max(wait, milliseconds{1});
  return f;
}

actor_status redis_client_state::status() const {
  auto mean = batches_ == 0
                  ? 0.0
                  : static_cast<double>(commands_run_) / static_cast<double>(batches_);
  actor_status shown{{{"commands", static_cast<double>(commands_run_)},
                      {"mean_batch", mean, static_cast<double>(config_.max_batch)},
                      {"failures", static_cast<double>(failures_)},
                      {"refused_while_away", static_cast<double>(refused_)},
                      {"reconnects", static_cast<double>(reconnects_)}},
                     {{"connected", connection_ == nullptr ? "no" : "yes"}}};
  if (!why_away_.empty())
    shown.facts.push_back({"why", why_away_});
  return shown;
}

} // namespace tinybook
