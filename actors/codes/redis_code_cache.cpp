#include "actors/codes/redis_code_cache.hpp"

#include "actors/codes/redis_code_scripts.hpp"
#include "actors/redis/redis_keys.hpp"
#include "actors/system/ask.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

using std::chrono::milliseconds;
using storage::redis::value;

std::string in_ms(milliseconds time) {
  return std::to_string(time.count());
}

milliseconds wait_in(const value& answer) {
  return milliseconds{answer.list().size() < 2 ? 0 : answer.list()[1].number()};
}

const std::string& word_in(const value& answer) {
  static const std::string none;
  return answer.list().empty() ? none : answer.list()[0].text();
}

failure no_code_answer() {
  return {errc::internal, "redis answered what a code script cannot answer"};
}

result<code_issued> to_issued(const value& answer) {
  const auto& word = word_in(answer);
  if (word == "ok")
    return code_issued{};
  if (word == "cooldown")
    return failure{errc::send_cooldown, wait_in(answer)};
  if (word == "wrong_state")
    return failure{errc::wrong_state, "the code to be replaced does not live"};
  return no_code_answer();
}

result<code_verdict> to_verdict(const value& answer) {
  code_verdict out;
  auto& verdict = out.verdict;
  const auto& word = word_in(answer);
  for (auto outcome : {verify_outcome::accepted, verify_outcome::wrong,
                       verify_outcome::no_live_code, verify_outcome::too_many_tries})
    if (word == to_string(outcome)) {
      verdict.outcome = outcome;
      verdict.retry_after = wait_in(answer);
      for (std::size_t i = 2; i < answer.list().size(); ++i)
        verdict.matched.push_back(
            std::strtoll(answer.list()[i].text().c_str(), nullptr, 10));
      std::ranges::sort(verdict.matched);
      return out;
    }
  return no_code_answer();
}

} // namespace

redis_code_cache_state::redis_code_cache_state(
    self_pointer<actor_type> self, redis_code_cache_config config, redis_address redis,
    std::optional<store_address<code_store_actor>> store,
    std::shared_ptr<const keyring> keys, wall_clock clock)
    : self_(std::move(self)),
      config_(std::move(config)),
      redis_(std::move(redis)),
      store_(std::move(store)),
      keys_(std::move(keys)),
      clock_(std::move(clock)),
      timer_(self_, 1) {}

auto redis_code_cache_state::make_behavior() -> actor_type::behavior_type {
  if (store_)
    timer_.arm(config_.cleanup_period);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          clean_up_rows();
      },
      [this](issue_code& m) { return issue(m); },
      [this](const confirm_code& m) { return confirm(m); },
      [this](const withdraw_code& m) { return withdraw(m); },
      [this](try_code& m) { return try_one(m); },
      [this](const is_code_wanted& m) { return wanted(m); },
  };
}

run_script redis_code_cache_state::command(const storage::redis::script& script,
                                           const code_key& key,
                                           std::vector<std::string> args) const {
  const auto& r = config_.rules;
  run_script out{&script,
                 hidden_keys(config_.prefix + ":code", *keys_, {key.phone, key.purpose}),
                 {std::to_string(to_unix_ms(clock_())), in_ms(r.valid), in_ms(r.cooldown),
                  std::to_string(r.tries_per_send), std::to_string(r.others_per_send),
                  std::to_string(r.others_per_day), in_ms(r.day)}};
  std::ranges::move(args, std::back_inserter(out.args));
  return out;
}

caf::result<code_issued> redis_code_cache_state::issue(issue_code& m) {
  using s = redis_code_scripts;
  pending_reply<code_issued> reply{self_};
  auto id = std::to_string(m.code.code_id);
  auto run =
      m.replaces == 0
          ? command(s::issue, m.key, {id, m.code.hash, m.code.key_id, m.code.asker})
          : command(s::replace, m.key,
                    {std::to_string(m.replaces), id, m.code.hash, m.code.key_id});
  ask(self_, redis_, config_.request_timeout, std::move(run),
      [this, reply](result<value> answer) {
        if (!answer)
          return reply(std::move(answer.error()));
        auto issued = to_issued(*answer);
        issued_ += issued ? 1U : 0U;
        reply(std::move(issued));
      });
  return reply.promise();
}

caf::result<done> redis_code_cache_state::confirm(const confirm_code& m) {
  pending_reply<done> reply{self_};
  ask(self_, redis_, config_.request_timeout,
      command(redis_code_scripts::confirm, m.key, {std::to_string(m.code)}),
      [reply](result<value> answer) {
        if (!answer)
          return reply(std::move(answer.error()));
        if (answer->number() == 1)
          return reply(done{});
        failure lost{errc::unavailable, "redis has lost the code to be confirmed"};
        lost.retry_after = std::chrono::seconds{1};
        reply(std::move(lost));
      });
  return reply.promise();
}

caf::result<done> redis_code_cache_state::withdraw(const withdraw_code& m) {
  pending_reply<done> reply{self_};
  ask(self_, redis_, config_.request_timeout,
      command(redis_code_scripts::withdraw, m.key, {std::to_string(m.code)}),
      [reply](const result<value>& answer) { reply(as_done(answer)); });
  return reply.promise();
}

caf::result<code_verdict> redis_code_cache_state::try_one(try_code& m) {
  pending_reply<code_verdict> reply{self_};
  std::vector<std::string> args{std::move(m.asker)};
  for (auto& candidate : m.candidates) {
    args.push_back(std::move(candidate.key_id));
    args.push_back(std::move(candidate.hash));
  }
  ask(self_, redis_, config_.request_timeout,
      command(redis_code_scripts::try_code, m.key, std::move(args)),
      [this, reply, key = m.key](result<value> answer) {
        judged(key, reply, std::move(answer));
      });
  return reply.promise();
}

void redis_code_cache_state::judged(const code_key& key,
                                    const pending_reply<code_verdict>& reply,
                                    result<value> answer) {
  if (!answer)
    return reply(std::move(answer.error()));
  auto verdict = to_verdict(*answer);
  if (!verdict)
    return reply(std::move(verdict.error()));
  auto outcome = verdict->verdict.outcome;
  accepted_ += outcome == verify_outcome::accepted ? 1U : 0U;
  wrong_ += outcome == verify_outcome::wrong ? 1U : 0U;
  if (outcome == verify_outcome::accepted && store_)
    return end_pending(key, reply, std::move(*verdict));
  reply(std::move(*verdict));
}

void redis_code_cache_state::end_pending(const code_key& key,
                                         const pending_reply<code_verdict>& reply,
                                         code_verdict verdict) {
  auto now = clock_();
  // The row that comes with it says nothing and goes with the next clean-up.
  storage::save_code_state command{{key, code_state{}, now}, true, now};
  ask(self_, *store_, config_.end_timeout, std::move(command),
      [this, reply, verdict = std::move(verdict)](const result<done>& ended) {
        failed_ends_ += ended ? 0U : 1U;
        reply(verdict);
      });
}

caf::result<code_wanted_answer> redis_code_cache_state::wanted(const is_code_wanted& m) {
  pending_reply<code_wanted_answer> reply{self_};
  ask(self_, redis_, config_.request_timeout,
      command(redis_code_scripts::wanted, m.key, {std::to_string(m.code)}),
      [reply](result<value> answer) {
        if (answer)
          reply(code_wanted_answer{answer->number() == 1});
        else
          reply(std::move(answer.error()));
      });
  return reply.promise();
}

void redis_code_cache_state::clean_up_rows() {
  storage::remove_code_states command;
  command.now = clock_();
  ask(self_, *store_, config_.request_timeout, command,
      [this](const result<storage::removed_states>&) {
        timer_.arm(config_.cleanup_period);
      });
}

actor_status redis_code_cache_state::status() const {
  return {{{"issued", static_cast<double>(issued_)},
           {"accepted", static_cast<double>(accepted_)},
           {"wrong", static_cast<double>(wrong_)},
           {"failed_ends", static_cast<double>(failed_ends_)}},
          {{"kept_in", "redis"}}};
}

} // namespace tinybook
