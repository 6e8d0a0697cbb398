#include "actors/codes/code_purposes.hpp"
#include "actors/codes/verification.hpp"
#include "actors/system/ask.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace tinybook {

/// One repetition under way: nobody asked for it, so no limit counts it.
struct verification_state::resending {
  pending_reply<code_resent> reply;
  storage::sms_message lost;
  std::string provider;
  code_key key;
  std::string code;
  code_id id = 0;
  candidate_hash hash{};
};

caf::result<code_resent> verification_state::resend(resend_code& m) {
  if (clock_() >= m.lost.expires_at)
    return code_resent{};
  code_key key{m.lost.phone, m.lost.purpose};
  auto r = std::make_shared<resending>(resending{
      pending_reply<code_resent>{self_}, std::move(m.lost), std::move(m.provider),
      std::move(key), six_digit_code(*random_), new_code_id()});
  r->hash = hash_code(*keys_, r->key, r->code);
  issue_code command{r->key, {r->id, r->hash.hash, r->hash.key_id, {}}, r->lost.code};
  ask(self_, peers_.codes, config_.request_timeout, std::move(command),
      [this, r](result<code_issued> issued) {
        if (issued)
          submit_again(r, std::move(*issued));
        else if (issued.error().code == errc::wrong_state)
          r->reply(code_resent{}); // Used, superseded or expired meanwhile.
        else
          r->reply(std::move(issued.error()));
      });
  return r->reply.promise();
}

void verification_state::submit_again(const resending_ptr& r, code_issued issued) {
  auto left = std::chrono::ceil<std::chrono::minutes>(r->lost.expires_at - clock_());
  submit_sms command;
  command.key = r->key;
  command.country_prefix = r->lost.country_prefix;
  command.region = r->lost.region;
  command.client_address = r->lost.client_address;
  command.template_name = template_of(r->key.purpose);
  command.parameters = {
      {"code", r->code},
      {"minutes", std::to_string(std::max<std::int64_t>(left.count(), 1))}};
  // The language of the lost message was erased with its parameters.
  command.lang = language_of(r->lost.country_prefix);
  command.code = r->id;
  command.code_hash = std::move(r->hash.hash);
  command.code_key_id = std::move(r->hash.key_id);
  command.code_asker = r->lost.code_asker;
  command.expires_at = r->lost.expires_at;
  command.code_state_to_store = std::move(issued.to_store);
  command.parent = r->lost.id;
  command.tried_provider = r->provider;
  ask(self_, peers_.sms, config_.request_timeout, std::move(command),
      [this, r](result<sms_accepted> accepted) {
        submitted_again(r, std::move(accepted));
      });
}

void verification_state::submitted_again(const resending_ptr& r,
                                         result<sms_accepted> accepted) {
  if (!accepted && accepted.error().code == errc::deadline_exceeded) {
    // It may be committed still, and then it is sent: the code is to verify.
    confirm_late(r->key, r->id);
    return r->reply(std::move(accepted.error()));
  }
  if (!accepted) {
    withdraw(r->key, r->id);
    if (accepted.error().code == errc::sms_pending)
      return r->reply(code_resent{});
    return r->reply(std::move(accepted.error()));
  }
  ask(self_, peers_.codes, config_.request_timeout, confirm_code{r->key, r->id},
      [this, r](result<done> confirmed) {
        if (!confirmed)
          return r->reply(std::move(confirmed.error()));
        ++resent_;
        r->reply(code_resent{true});
      });
}

void verification_state::withdraw(const code_key& key, code_id code) {
  ask(self_, peers_.codes, config_.request_timeout, withdraw_code{key, code},
      [](const result<done>&) {});
}

void verification_state::confirm_late(const code_key& key, code_id code) {
  ask(self_, peers_.codes, config_.request_timeout, confirm_code{key, code},
      [](const result<done>&) {});
}

} // namespace tinybook
