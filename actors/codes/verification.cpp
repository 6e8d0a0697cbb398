#include "actors/codes/verification.hpp"

#include "actors/codes/code_purposes.hpp"
#include "actors/codes/rate_permits.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/crypto.hpp"

#include <caf/all.hpp>

#include <array>
#include <utility>

namespace tinybook {

/// One send under way.
struct verification_state::sending {
  pending_reply<code_sent> reply;
  code_key key;
  phone_number phone;
  client_info client;
  language lang;
  std::string asker;
  std::string code;
  code_id id = 0;
  wall_time expires_at{};
  candidate_hash hash{};
  std::vector<std::string> permits{};
};

verification_state::verification_state(self_pointer<actor_type> self,
                                       verification_config config,
                                       verification_peers peers,
                                       std::shared_ptr<const keyring> keys,
                                       wall_clock clock,
                                       std::shared_ptr<random_source> random)
    : self_(std::move(self)),
      config_(std::move(config)),
      peers_(std::move(peers)),
      keys_(std::move(keys)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      guard_(config_.guard, config_.phones.default_region),
      timer_(self_, 1) {}

auto verification_state::make_behavior() -> actor_type::behavior_type {
  count_shares();
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          count_shares();
      },
      [this](const send_code& m) { return send(m); },
      [this](const check_code& m) { return check(m); },
      [this](const settle_code& m) { return settle(m); },
      [this](resend_code& m) { return resend(m); },
  };
}

caf::result<code_sent> verification_state::send(const send_code& m) {
  auto phone = parse_typed_phone("phone", m.phone, config_.phones, config_.test_numbers);
  if (!phone)
    return to_error(std::move(phone.error()));
  auto asker = m.client.asker.empty() ? random_id(*random_) : m.client.asker;
  if (phone->test_code != nullptr)
    return code_sent{std::move(asker)};
  auto& number = phone->number;
  if (!has_route(number))
    return to_error(errc::no_sms_route);
  auto s = std::make_shared<sending>(
      sending{pending_reply<code_sent>{self_}, code_key{number.e164, m.purpose}, number,
              m.client, m.lang.value_or(language_of(number.country_prefix)),
              std::move(asker), six_digit_code(*random_), new_code_id()});
  pass_guard(
      number, m.client.address, [this, s] { take_send_permits(s); },
      [s](failure why) { s->reply(std::move(why)); });
  return s->reply.promise();
}

void verification_state::take_send_permits(const sending_ptr& s) {
  auto rules = send_rules(config_.limits, s->phone, s->client.address,
                          config_.phones.default_region);
  acquire_permits(self_, peers_.limiter, s->reply.within(config_.request_timeout),
                  std::move(rules), [this, s](result<std::vector<std::string>> permits) {
                    if (!permits) {
                      ++limited_;
                      return s->reply(std::move(permits.error()));
                    }
                    s->permits = std::move(*permits);
                    reserve(s);
                  });
}

void verification_state::reserve(const sending_ptr& s) {
  s->hash = hash_code(*keys_, s->key, s->code);
  // Taken before the cache looks at its clock: the message expires first.
  s->expires_at = clock_() + config_.code_lifetime;
  issue_code command{s->key, {s->id, s->hash.hash, s->hash.key_id, s->asker}};
  ask(self_, peers_.codes, s->reply.within(config_.request_timeout), std::move(command),
      [this, s](result<code_issued> issued) {
        if (issued)
          submit(s, std::move(*issued));
        else
          refuse(s, std::move(issued.error()));
      });
}

void verification_state::submit(const sending_ptr& s, code_issued issued) {
  auto minutes = std::chrono::ceil<std::chrono::minutes>(config_.code_lifetime).count();
  submit_sms command;
  command.key = s->key;
  command.country_prefix = s->phone.country_prefix;
  command.region = s->phone.region;
  command.client_address = s->client.address;
  command.template_name = template_of(s->key.purpose);
  command.parameters = {{"code", s->code}, {"minutes", std::to_string(minutes)}};
  command.lang = s->lang;
  command.code = s->id;
  command.code_hash = std::move(s->hash.hash);
  command.code_key_id = std::move(s->hash.key_id);
  command.code_asker = s->asker;
  command.expires_at = s->expires_at;
  command.code_state_to_store = std::move(issued.to_store);
  ask(self_, peers_.sms, s->reply.within(config_.request_timeout), std::move(command),
      [this, s](result<sms_accepted> accepted) { submitted(s, std::move(accepted)); });
}

void verification_state::submitted(const sending_ptr& s, result<sms_accepted> accepted) {
  if (accepted)
    return live(s);
  if (accepted.error().code == errc::deadline_exceeded) {
    // It may be committed still, and then it is sent: the code is to verify.
    ++refused_;
    confirm_late(s->key, s->id);
    return s->reply(std::move(accepted.error()));
  }
  withdraw(s->key, s->id);
  refuse(s, std::move(accepted.error()));
}

void verification_state::live(const sending_ptr& s) {
  ask(self_, peers_.codes, config_.request_timeout, confirm_code{s->key, s->id},
      [this, s](result<done> confirmed) {
        if (!confirmed)
          return s->reply(std::move(confirmed.error()));
        ++sent_;
        s->reply(code_sent{s->asker});
      });
}

void verification_state::refuse(const sending_ptr& s, failure why) {
  ++refused_;
  release_permits(peers_.limiter, std::move(s->permits));
  s->reply(std::move(why));
}

code_id verification_state::new_code_id() {
  std::array<unsigned char, 7> bytes{};
  random_->fill(bytes);
  code_id id = 0;
  for (auto b : bytes)
    id = id << 8 | b;
  constexpr code_id below = (code_id{1} << 53) - 1;
  return 1 + id % below;
}

actor_status verification_state::status() const {
  actor_status shown{{{"sent", static_cast<double>(sent_)},
                      {"resent", static_cast<double>(resent_)},
                      {"refused", static_cast<double>(refused_)},
                      {"limited", static_cast<double>(limited_)},
                      {"no_route", static_cast<double>(no_route_)},
                      {"verified", static_cast<double>(verified_)},
                      {"let_go", static_cast<double>(released_)},
                      {"tries_while_held", static_cast<double>(held_tries_)},
                      {"wrong", static_cast<double>(wrong_)},
                      {"test_numbers", static_cast<double>(config_.test_numbers.size())}},
                     {{"default_region", config_.phones.default_region},
                      {"phone_metadata",
                       metadata_.library + " of " + format_rfc3339(metadata_.written)}}};
  const std::chrono::duration<double, std::ratio<86400>> age =
      clock_() - metadata_.written;
  shown.gauges.push_back({"phone_metadata_age_days", age.count()});
  show_guard(shown);
  return shown;
}

} // namespace tinybook
