#include "actors/codes/redis_code_cache.hpp"

#include "actors/codes/redis_code_scripts.hpp"
#include "actors/redis/redis_keys.hpp"
#include "actors/system/ask.hpp"
#include "config/parse_number.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

using std::chrono::milliseconds;
using storage::redis::value;

milliseconds wait_in(const value& answer) {
  return milliseconds{answer.list().size() < 2 ? 0 : answer.list()[1].number()};
}

const std::string& status_of(const value& answer) {
  static const std::string none;
  return answer.list().empty() ? none : answer.list()[0].text();
}

failure no_code_answer() {
  return {errc::internal, "redis answered what a code script cannot answer"};
}

result<code_issued> to_issued(const value& answer) {
  const auto& status = status_of(answer);
  if (status == "ok")
    return code_issued{};
  if (status == "cooldown")
    return failure{errc::send_cooldown, wait_in(answer)};
  if (status == "wrong_state")
    return failure{errc::wrong_state, "the code to be replaced does not live"};
  return no_code_answer();
}

result<code_verdict> to_verdict(const value& answer) {
  code_verdict out;
  auto& verdict = out.verdict;
  const auto& status = status_of(answer);
  for (auto outcome :
       {verify_outcome::accepted, verify_outcome::wrong, verify_outcome::no_live_code,
        verify_outcome::too_many_tries, verify_outcome::held})
    if (status == to_string(outcome)) {
      verdict.outcome = outcome;
      verdict.retry_after = wait_in(answer);
      if (outcome != verify_outcome::accepted)
        return out;
      for (std::size_t i = 2; i < answer.list().size(); ++i)
        verdict.matched.push_back(
            parse_number<code_id>(answer.list()[i].text()).value_or(0));
      std::ranges::sort(verdict.matched);
      return out;
    }
  return no_code_answer();
}

/// The arguments of the script `restore`.
std::vector<std::string> row_args(const storage::live_codes& rows) {
  std::vector<std::string> args;
  for (const auto& code : rows.codes) {
    args.push_back(std::to_string(code.code_id));
    args.push_back(code.hash);
    args.push_back(code.key_id);
    args.push_back(code.asker);
    args.push_back(std::to_string(to_unix_ms(code.expires_at)));
  }
  return args;
}

} // namespace

redis_code_cache_state::redis_code_cache_state(self_pointer<actor_type> self,
                                               redis_code_cache_config config,
                                               redis_address redis,
                                               store_address<code_store_actor> store,
                                               std::shared_ptr<const keyring> keys,
                                               wall_clock clock)
    : self_(std::move(self)),
      config_(std::move(config)),
      redis_(std::move(redis)),
      store_(std::move(store)),
      keys_(std::move(keys)),
      clock_(std::move(clock)) {}

auto redis_code_cache_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](issue_code& m) { return issue(m); },
      // A code that Redis loses is restored before its message goes out.
      [](const confirm_code&) {},
      [this](const withdraw_code& m) { return withdraw(m); },
      [this](try_code& m) { return try_one(m); },
      [this](const settle_code& m) { return settle(m); },
      [this](const is_code_wanted& m) { return wanted(m); },
  };
}

void redis_code_cache_state::run(const storage::redis::script& script,
                                 const code_key& key, std::vector<std::string> args,
                                 std::function<void(result<value>)> then) {
  run_script command{
      &script, hidden_keys(config_.prefix + ":code", *keys_, {key.phone, key.purpose}),
      redis_code_scripts::first_args(config_.rules, clock_())};
  std::ranges::move(args, std::back_inserter(command.args));
  ask(self_, redis_, config_.request_timeout, std::move(command), std::move(then));
}

void redis_code_cache_state::restore_from_rows(
    const code_key& key, std::function<void(result<storage::live_codes>)> then) {
  ask(self_, store_, config_.request_timeout, storage::find_live_codes{key, clock_()},
      [this, key, then = std::move(then)](result<storage::live_codes> rows) {
        if (!rows) {
          ++failed_looks_;
          return then(std::move(rows.error()));
        }
        if (rows->codes.empty())
          return then(std::move(*rows));
        auto args = row_args(*rows);
        run(redis_code_scripts::restore, key, std::move(args),
            [this, rows = std::move(*rows), then](result<value> restored) {
              if (!restored)
                return then(std::move(restored.error()));
              put_back_ += static_cast<std::uint64_t>(restored->number());
              then(rows);
            });
      });
}

caf::result<code_issued> redis_code_cache_state::issue(issue_code& m) {
  pending_reply<code_issued> reply{self_};
  if (m.replaces != 0) {
    replace(std::make_shared<issue_code>(std::move(m)), reply, true);
    return reply.promise();
  }
  run(redis_code_scripts::issue, m.key,
      {std::to_string(m.code.code_id), m.code.hash, m.code.key_id, m.code.asker},
      [this, reply](result<value> answer) { issued(std::move(answer), reply); });
  return reply.promise();
}

/// If Redis does not know the code to be replaced, the rows may: then it is restored and
/// replaced after all.
void redis_code_cache_state::replace(std::shared_ptr<issue_code> m,
                                     const pending_reply<code_issued>& reply,
                                     bool may_restore) {
  run(redis_code_scripts::replace, m->key,
      {std::to_string(m->replaces), std::to_string(m->code.code_id), m->code.hash,
       m->code.key_id},
      [this, m, reply, may_restore](result<value> answer) {
        if (!may_restore || !answer || status_of(*answer) != "wrong_state")
          return issued(std::move(answer), reply);
        restore_from_rows(m->key, [this, m, reply](result<storage::live_codes> rows) {
          if (!rows)
            return reply(std::move(rows.error()));
          replace(m, reply, false);
        });
      });
}

void redis_code_cache_state::issued(result<value> answer,
                                    const pending_reply<code_issued>& reply) {
  if (!answer)
    return reply(std::move(answer.error()));
  auto issued = to_issued(*answer);
  issued_ += issued ? 1U : 0U;
  reply(std::move(issued));
}

caf::result<done> redis_code_cache_state::withdraw(const withdraw_code& m) {
  pending_reply<done> reply{self_};
  run(redis_code_scripts::withdraw, m.key, {std::to_string(m.code)},
      [reply](const result<value>& answer) { reply(as_done(answer)); });
  return reply.promise();
}

/// A right code is found at once. Before a try counts as wrong, codes that Redis has lost
/// are restored from the rows.
caf::result<code_verdict> redis_code_cache_state::try_one(try_code& m) {
  auto t = std::make_shared<try_code>(std::move(m));
  pending_reply<code_verdict> reply{self_};
  run_try(*t, false, [this, t, reply](result<code_verdict> verdict) {
    if (!verdict || verdict->verdict.outcome == verify_outcome::accepted
        || verdict->verdict.outcome == verify_outcome::held)
      return judged(reply, std::move(verdict));
    restore_from_rows(t->key, [this, t, reply](const result<storage::live_codes>& rows) {
      // It counts even if the rows cannot be read, or guesses would be free meanwhile.
      run_try(*t, true, [this, reply, looked = rows.ok()](result<code_verdict> last) {
        if (last && last->verdict.outcome == verify_outcome::no_live_code && !looked)
          last = failure{errc::unavailable, "the codes of the messages cannot be read"};
        judged(reply, std::move(last));
      });
    });
  });
  return reply.promise();
}

void redis_code_cache_state::run_try(const try_code& m, bool counts,
                                     std::function<void(result<code_verdict>)> then) {
  std::vector<std::string> args{m.asker, std::to_string(m.ticket), counts ? "1" : "0"};
  for (const auto& candidate : m.candidates) {
    args.push_back(candidate.key_id);
    args.push_back(candidate.hash);
  }
  run(redis_code_scripts::try_code, m.key, std::move(args),
      [then = std::move(then)](result<value> answer) {
        if (answer)
          then(to_verdict(*answer));
        else
          then(std::move(answer.error()));
      });
}

void redis_code_cache_state::judged(const pending_reply<code_verdict>& reply,
                                    result<code_verdict> verdict) {
  if (verdict) {
    const auto outcome = verdict->verdict.outcome;
    accepted_ += outcome == verify_outcome::accepted ? 1U : 0U;
    wrong_ += outcome == verify_outcome::wrong ? 1U : 0U;
  }
  reply(std::move(verdict));
}

caf::result<done> redis_code_cache_state::settle(const settle_code& m) {
  pending_reply<done> reply{self_};
  std::vector<std::string> args{std::to_string(m.ticket.number), m.used ? "1" : "0"};
  for (const auto id : m.ticket.use.codes)
    args.push_back(std::to_string(id));
  run(redis_code_scripts::settle, m.ticket.use.key, std::move(args),
      [reply](const result<value>& answer) { reply(as_done(answer)); });
  return reply.promise();
}

caf::result<code_wanted_answer> redis_code_cache_state::wanted(const is_code_wanted& m) {
  pending_reply<code_wanted_answer> reply{self_};
  run(redis_code_scripts::wanted, m.key, {std::to_string(m.code)},
      [this, reply, m](const result<value>& answer) {
        if (!answer)
          return reply(answer.error());
        if (answer->number() == 1)
          return reply(code_wanted_answer{true});
        restore_from_rows(
            m.key, [this, reply, code = m.code](const result<storage::live_codes>& rows) {
              if (!rows)
                return reply(rows.error());
              reply(code_wanted_answer{
                  tinybook::wanted({.codes = rows->codes}, code, clock_())});
            });
      });
  return reply.promise();
}

actor_status redis_code_cache_state::status() const {
  return {{{"issued", static_cast<double>(issued_)},
           {"accepted", static_cast<double>(accepted_)},
           {"wrong", static_cast<double>(wrong_)},
           {"put_back", static_cast<double>(put_back_)},
           {"failed_looks_at_rows", static_cast<double>(failed_looks_)}},
          {{"kept_in", "redis"}}};
}

} // namespace tinybook
