#include "actors/codes/code_purposes.hpp"
#include "actors/codes/verification.hpp"

#include <utility>

namespace tinybook {

/// Nobody asked for it, so no limit counts it.
task<result<code_resent>> verification_state::resend(resend_code m) {
  const auto& lost = m.lost;
  if (clock_() >= lost.expires_at)
    co_return code_resent{};
  if (outbox_full_)
    co_return errc::overloaded;
  new_message message;
  auto& row = message.row;
  row.phone = lost.phone;
  row.purpose = lost.purpose;
  row.country_prefix = lost.country_prefix;
  row.region = lost.region;
  row.client_address = lost.client_address;
  row.code_asker = lost.code_asker;
  row.account = lost.account;
  row.expires_at = lost.expires_at;
  row.parent = lost.id;
  // The language of the lost message was erased with its parameters.
  message.content.lang = language_of(lost.country_prefix);
  message.tried_provider = m.provider;
  const auto committed = co_await commit(std::move(message), {}, lost.code);
  // Used, superseded or expired meanwhile; or another one is on its way.
  if (code_of(committed) == errc::wrong_state || code_of(committed) == errc::sms_pending)
    co_return code_resent{};
  if (!committed)
    co_return committed.error();
  ++resent_;
  co_return code_resent{true};
}

} // namespace tinybook
