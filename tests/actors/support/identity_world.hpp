#pragma once

#include "actors/accounts/accounts.hpp"
#include "actors/accounts/password_hasher.hpp"
#include "actors/codes/local_code_cache.hpp"
#include "actors/codes/local_rate_limiter.hpp"
#include "actors/codes/verification.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/sessions/sessions.hpp"
#include "actors/sms/sealed_parameters.hpp"
#include "storage/connection.hpp"
#include "storage/stores.hpp"
#include "tests/actors/support/gated_actor.hpp"
#include "tests/actors/support/memory_stores.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::test {

/// The ingress as the sessions actor sees it: takes revocations.
class ingress_double {
 public:
  using actor_type = ingress_actor;
  struct seen {
    std::vector<session_revoked> revoked;
  };

  ingress_double(self_pointer<actor_type> self, std::shared_ptr<seen> s,
                 std::shared_ptr<gate> g)
      : self_(self), seen_(std::move(s)), keeper_(self, std::move(g)) {}
  actor_type::behavior_type make_behavior();

 private:
  self_pointer<actor_type> self_;
  std::shared_ptr<seen> seen_;
  gate_keeper<actor_type> keeper_;
};

/// The defaults, with passwords that a guesser would try.
inline accounts_config with_any_password() {
  auto config = accounts_from(default_settings());
  config.passwords.min_score = 0;
  return config;
}

/// Every actor of identity and codes, real but for the stores and the ingress; nobody
/// sends the messages. Argon2id at its cheapest, on no thread of its own.
class identity_world : public actor_fixture {
 public:
  identity_world() = default;

  // Set before `start_all`.
  local_code_cache_config cache_config = code_cache_from(default_settings());
  local_rate_limiter_config limiter_config{default_settings().limits.capacity};
  verification_config verification_settings = default_verification();
  sessions_config session_settings = sessions_from(default_settings());
  accounts_config account_settings = with_any_password();
  std::optional<address<verdict_hook_actor>> verdicts; ///< Nobody is asked without.
  worker_pool_config hasher_config{64, std::chrono::seconds{10}};
  password_hash_options hash_cost{1, 8192};

  void start_all();

  /// Asks by address, as the ingress does.
  template <class Handle, class Command>
  result<typename Command::reply> call(const address<Handle>& to, Command command) {
    return ask(to.get(), std::move(command));
  }
  template <class Handle, class Command>
  later<typename Command::reply> call_later(const address<Handle>& to, Command command) {
    return ask_later(*this, to.get(), std::move(command));
  }
  /// Tells what has no answer.
  template <class Handle, class Message>
  void say(const address<Handle>& to, Message message) {
    tell(to, std::move(message));
    run();
  }
  /// Ends an actor as a crash does.
  template <class Handle>
  void kill(const address<Handle>& at) {
    caf::anon_send_exit(at.get(), caf::exit_reason::kill);
    run();
  }

  /// Checks a code and uses it up where it is right, as what it was entered for does.
  result<verified_phone> check_and_use(check_code command);

  /// A session of `user` who has just logged in.
  [[nodiscard]] std::string session_of(user_id user);

  /// What the last message that was accepted says.
  [[nodiscard]] message_content last_text() const;
  [[nodiscard]] std::string last_code() const {
    return last_text().parameters.at("code");
  }
  /// The claims of a token that this world signed; fails the test otherwise.
  [[nodiscard]] token_claims claims(const std::string& token, token_kind kind);

  std::shared_ptr<memory_stores> stores = std::make_shared<memory_stores>();
  /// In the place of `stores` where it is set before `start_all`.
  std::shared_ptr<storage::connection> database;
  std::shared_ptr<gate> doors = std::make_shared<gate>();
  std::shared_ptr<ingress_double::seen> ingress_saw =
      std::make_shared<ingress_double::seen>();
  std::shared_ptr<random_source> random = std::make_shared<seeded_random>(7);
  std::shared_ptr<const keyring> keys =
      std::make_shared<const keyring>(keyring::generate(*random));
  std::shared_ptr<const token_codec> codec =
      std::make_shared<const token_codec>(keys, token_options{.issuer = "tinybook"});

  template <class Handle>
  static address<Handle> named(const char* name) {
    return address<Handle>{std::make_shared<actor_meter>(name, "test", "")};
  }
  address<rate_limiter_actor> limiter = named<rate_limiter_actor>("rate_limiter");
  address<code_cache_actor> cache = named<code_cache_actor>("code_cache");
  address<verification_actor> verification = named<verification_actor>("verification");
  address<sessions_actor> sessions = named<sessions_actor>("sessions");
  address<password_hasher_actor> hasher = named<password_hasher_actor>("password_hasher");
  address<accounts_actor> accounts = named<accounts_actor>("accounts");
  address<ingress_actor> ingress = named<ingress_actor>("ingress");
  address<outbox_watcher_actor> sms = named<outbox_watcher_actor>("sms_supervisor");
  std::vector<address<password_hasher_actor>> workers{
      named<password_hasher_actor>("password_worker_1"),
      named<password_hasher_actor>("password_worker_2")};

  template <class Store>
  store_address<Store> store() {
    return database ? start_store<Store>(*this, database, doors)
                    : start_store<Store>(*this, stores, doors);
  }

  // One by one, for tests of restarts.
  void start_ingress();
  void start_limiter();
  void start_cache();
  void start_verification();
  void start_sessions();
  void start_hasher();
  void start_accounts();
};

/// A client at an address, with no cookie.
[[nodiscard]] inline client_info client_at(std::string where = "192.0.2.1") {
  return {std::move(where), {}, 0, {}};
}

} // namespace tinybook::test
