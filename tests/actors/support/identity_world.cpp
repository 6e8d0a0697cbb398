#include "tests/actors/support/identity_world.hpp"

#include "actors/ranking/messages.hpp"
#include "storage/support/random.hpp"

namespace tinybook::test {

auto ingress_double::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired&) { keeper_.run_held(); },
      [](const board_updated&) {},
      [this](session_revoked& m) {
        return keeper_.pass(m, [s = seen_](const session_revoked& r) -> result<done> {
          s->revoked.push_back(r);
          return done{};
        });
      },
  };
}

void identity_world::start_ingress() {
  start<ingress_actor, ingress_double>(ingress, ingress_saw, doors);
}

void identity_world::start_limiter() {
  start<rate_limiter_actor, local_rate_limiter_state>(limiter, limiter_config);
}

void identity_world::start_cache() {
  start<code_cache_actor, local_code_cache_state>(cache, cache_config,
                                                  store<code_store_actor>(), clock());
}

void identity_world::start_verification() {
  start<verification_actor, verification_state>(
      verification, verification_settings,
      verification_peers{cache, limiter, store<phone_store_actor>(),
                         store<user_store_actor>(), store<submission_store_actor>(), sms,
                         verdicts},
      keys, clock(), random);
}

void identity_world::start_sessions() {
  start<sessions_actor, sessions_state>(sessions, session_settings,
                                        store<session_store_actor>(), ingress, codec,
                                        clock(), random);
}

void identity_world::start_hasher() {
  start<password_hasher_actor, password_hasher_state>(
      hasher, hasher_config, workers,
      pool_workers<password_hasher_actor, password_worker_state, caf::no_spawn_options>(
          hash_cost));
}

void identity_world::start_accounts() {
  start<accounts_actor, accounts_state>(accounts, account_settings,
                                        accounts_peers{store<identity_store_actor>(),
                                                       hasher, sessions, verification,
                                                       limiter, sms, verdicts},
                                        keys, clock(), random);
}

void identity_world::start_all() {
  start_ingress();
  start_limiter();
  start_cache();
  start_verification();
  start_sessions();
  start_hasher();
  start_accounts();
}

std::string identity_world::session_of(user_id user) {
  auto opened = call(sessions, open_session{user, client_at()});
  REQUIRE(opened.ok());
  return claims(opened->refresh, token_kind::refresh).family;
}

result<verified_phone> identity_world::check_and_use(check_code command) {
  auto checked = call(verification, std::move(command));
  if (checked && checked->ticket) {
    REQUIRE(stores->use(checked->ticket->use).ok());
    REQUIRE(call(verification, settle_code{*checked->ticket, true}).ok());
  }
  return checked;
}

message_content identity_world::last_text() const {
  auto message = stores->submitted.empty() ? storage::sms_message{}
                                           : stores->submitted.back().message;
  if (database) {
    const auto page = database->run(
        storage::list_messages{.states = {storage::message_state::ready}, .limit = 1});
    REQUIRE(page.ok());
    REQUIRE(page->messages.size() == 1);
    message = page->messages.front().message;
  }
  auto content = open_content(message, *keys);
  REQUIRE(content);
  return *content;
}

token_claims identity_world::claims(const std::string& token, token_kind kind) {
  auto verified =
      codec->verify(token, kind, std::chrono::floor<std::chrono::seconds>(now()));
  REQUIRE(verified.ok());
  return *verified;
}

} // namespace tinybook::test
