#include "actors/codes/code_purposes.hpp"
#include "actors/codes/verification.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

/// Nobody asked for it, so no limit counts it.
task<result<code_resent>> verification_state::resend(resend_code m) {
  const auto& lost = m.lost;
  if (clock_() >= lost.expires_at)
    co_return code_resent{};
  const code_key key{lost.phone, lost.purpose};
  const auto code = six_digit_code(*random_);
  const auto id = new_code_id();
  const auto hash = hash_code(*keys_, key, code);
  auto issued =
      co_await ask(peers_.codes, config_.request_timeout,
                   issue_code{key, {id, hash.hash, hash.key_id, {}}, lost.code});
  if (code_of(issued) == errc::wrong_state)
    co_return code_resent{}; // Used, superseded or expired meanwhile.
  if (!issued)
    co_return std::move(issued.error());
  const auto left = std::chrono::ceil<std::chrono::minutes>(lost.expires_at - clock_());
  auto message = message_of(key, code, std::max(left, std::chrono::minutes{1}));
  message.country_prefix = lost.country_prefix;
  message.region = lost.region;
  message.client_address = lost.client_address;
  // The language of the lost message was erased with its parameters.
  message.lang = language_of(lost.country_prefix);
  message.code = id;
  message.code_hash = hash.hash;
  message.code_key_id = hash.key_id;
  message.code_asker = lost.code_asker;
  message.expires_at = lost.expires_at;
  message.code_state_to_store = std::move(issued->to_store);
  message.parent = lost.id;
  message.tried_provider = m.provider;
  auto accepted = co_await ask(peers_.sms, config_.request_timeout, std::move(message));
  if (code_of(accepted) == errc::deadline_exceeded) {
    // It may be committed still, and then it is sent: the code is to verify.
    start_journey(self_, "confirm", confirm(key, id));
    co_return std::move(accepted.error());
  }
  if (!accepted) {
    withdraw(key, id);
    if (accepted.error().code == errc::sms_pending)
      co_return code_resent{};
    co_return std::move(accepted.error());
  }
  auto confirmed = co_await regardless_of_deadline(confirm(key, id));
  if (!confirmed)
    co_return std::move(confirmed.error());
  ++resent_;
  co_return code_resent{true};
}

} // namespace tinybook
