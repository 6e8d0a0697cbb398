#include "actors/codes/verification.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/validate.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

/// How often and how long a request waits for its twin that holds the code.
constexpr int twin_waits = 20;
constexpr std::chrono::milliseconds twin_wait{200};

bool ends(const result<code_verdict>& verdict, verify_outcome as) {
  return verdict && verdict->verdict.outcome == as;
}

} // namespace

task<result<verified_phone>> verification_state::check(check_code m) {
  field_report report;
  const auto phone = report.take(
      parse_typed_phone("phone", m.phone, config_.phones, config_.test_numbers));
  const auto code = report.take(parse_typed_code("code", m.code));
  if (!report.ok())
    co_return report.error();
  const code_key key{phone.number.e164, m.purpose};
  if (phone.test_code != nullptr)
    co_return co_await check_test_number(key,
                                         constant_time_equal(*phone.test_code, code));
  const code_ticket ticket{{key, {}, clock_(), m.client.once}, new_code_id()};
  const try_code tried{key, hash_candidates(*keys_, key, code, m.account), m.client.asker,
                       ticket.number};
  auto verdict = co_await ask(peers_.codes, config_.request_timeout, tried);
  if (m.client.once.empty())
    co_return judge(ticket, verdict);
  for (int waits = 0; waits < twin_waits && ends(verdict, verify_outcome::held);
       ++waits) {
    (void)co_await pause(twin_wait);
    verdict = co_await ask(peers_.codes, config_.request_timeout, tried);
  }
  if (ends(verdict, verify_outcome::no_live_code)) {
    const auto entered = co_await ask(
        peers_.phones, config_.request_timeout,
        storage::was_code_entered{key, m.client.once, clock_() - sent_again_within});
    if (!entered)
      co_return entered.error();
    if (entered->before)
      co_return verified_phone{key.phone, {}, true};
  }
  co_return judge(ticket, verdict);
}

/// The permit is taken before it counts whether it matches, so that tries at once count,
/// too.
task<result<verified_phone>> verification_state::check_test_number(code_key key,
                                                                   bool matches) {
  std::vector<rate_rule> rules{{"test.tries|" + key.phone + "|" + key.purpose,
                                config_.test_tries, limit_rule::code_tries}};
  auto permits =
      co_await acquire_permits(peers_.limiter, config_.request_timeout, std::move(rules));
  if (!permits) {
    if (permits.error().code == errc::rate_limited)
      permits.error().code = errc::too_many_tries;
    co_return std::move(permits.error());
  }
  if (!matches) {
    ++wrong_;
    co_return errc::wrong_code;
  }
  ++verified_;
  release_permits(peers_.limiter, std::move(permits->keys));
  co_return verified_phone{key.phone};
}

result<verified_phone> verification_state::judge(code_ticket ticket,
                                                 const result<code_verdict>& verdict) {
  if (!verdict)
    return verdict.error();
  const auto& v = verdict->verdict;
  switch (v.outcome) {
  case verify_outcome::accepted: {
    ticket.use.codes = v.matched;
    auto phone = ticket.use.key.phone;
    return verified_phone{std::move(phone), std::move(ticket)};
  }
  case verify_outcome::held: {
    ++held_tries_;
    failure busy{errc::unavailable, "another request has entered this code"};
    busy.retry_after = std::chrono::seconds{1};
    return busy;
  }
  case verify_outcome::too_many_tries:
    ++wrong_;
    // Zero says "ask for a new code"; an answer with 429 always names a time.
    return failure{errc::too_many_tries, std::max<std::chrono::milliseconds>(
                                             v.retry_after, std::chrono::seconds{1})};
  case verify_outcome::wrong:
  case verify_outcome::no_live_code:
    break;
  }
  ++wrong_;
  return errc::wrong_code;
}

} // namespace tinybook
