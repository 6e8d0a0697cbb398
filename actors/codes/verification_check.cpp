#include "actors/codes/rate_permits.hpp"
#include "actors/codes/verification.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/validate.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace tinybook {

caf::result<verified_phone> verification_state::check(const check_code& m) {
  field_report report;
  auto phone = report.take(
      parse_typed_phone("phone", m.phone, config_.phones, config_.test_numbers));
  auto code = report.take(parse_typed_code("code", m.code));
  if (!report.ok())
    return to_error(report.error());
  code_key key{phone.number.e164, m.purpose};
  if (phone.test_code != nullptr)
    return check_test_number(key, *phone.test_code, code);
  pending_reply<verified_phone> reply{self_};
  code_ticket ticket{{key, {}, clock_()}, new_code_id()};
  try_code attempt{key, hash_candidates(*keys_, key, code), m.client.asker,
                   ticket.number};
  ask(self_, peers_.codes, reply.within(config_.request_timeout), std::move(attempt),
      [this, reply, ticket = std::move(ticket)](const result<code_verdict>& verdict) {
        reply(judge(ticket, verdict));
      });
  return reply.promise();
}

caf::result<done> verification_state::settle(const settle_code& m) {
  ++(m.used ? verified_ : released_);
  pending_reply<done> reply{self_};
  ask_into(self_, peers_.codes, config_.request_timeout, m, reply);
  return reply.promise();
}

/// The permit is taken before the compare, so that tries at once count, too.
caf::result<verified_phone>
verification_state::check_test_number(const code_key& key, const std::string& expected,
                                      const std::string& entered) {
  pending_reply<verified_phone> reply{self_};
  bool matches = constant_time_equal(expected, entered);
  std::vector<rate_rule> rules{
      {"test.tries|" + key.phone + "|" + key.purpose, config_.test_tries}};
  acquire_permits(
      self_, peers_.limiter, reply.within(config_.request_timeout), std::move(rules),
      [this, reply, matches, e164 = key.phone](result<std::vector<std::string>> permits) {
        if (!permits) {
          if (permits.error().code == errc::rate_limited)
            permits.error().code = errc::too_many_tries;
          return reply(std::move(permits.error()));
        }
        if (!matches) {
          ++wrong_;
          return reply(errc::wrong_code);
        }
        ++verified_;
        release_permits(peers_.limiter, std::move(*permits));
        reply(verified_phone{e164});
      });
  return reply.promise();
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
