#include "tests/actors/support/identity_world.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// Notes for whom it works, and finds every password right, but hashed at another cost.
class noting_hasher {
 public:
  using actor_type = password_hasher_actor;

  noting_hasher(self_pointer<actor_type> self, std::vector<std::string>& noted)
      : self_(std::move(self)), noted_(noted) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const make_password_hash& m) {
          noted_.push_back("make " + m.address);
          return password_hash_made{"hash"};
        },
        [this](const judge_password& m) {
          noted_.push_back("judge " + m.address);
          return done{};
        },
        [this](const match_password& m) {
          noted_.push_back("match " + m.address);
          return password_matched{true, true};
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  std::vector<std::string>& noted_;
};

struct noting_world : identity_world {
  noting_world() {
    account_settings.passwords.min_score = 2;
    start_ingress();
    start_limiter();
    start_cache();
    start_verification();
    start_sessions();
    start<password_hasher_actor, noting_hasher>(hasher, std::ref(noted));
    start_accounts();
  }

  std::vector<std::string> take() { return std::exchange(noted, {}); }

  std::vector<std::string> noted;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("whatever is hashed or judged has the turn of the address that asks for it") {
  noting_world w;
  const auto made = w.call(w.accounts, sign_up{"ann@example.org", "password", "password",
                                               client_at("192.0.2.1")});
  REQUIRE(made.ok());
  CHECK(w.take() == lines{"judge 192.0.2.1", "make 192.0.2.1"});
  w.stores->users.at(0).phone = "+8613800138000";

  REQUIRE(
      w.call(w.accounts, log_in{"ann@example.org", "password", client_at("192.0.2.2")})
          .ok());
  // The second is the hash that is made anew in the background.
  CHECK(w.take() == lines{"match 192.0.2.2", "make 192.0.2.2"});

  const auto family = w.session_of(made->user);
  REQUIRE(w.call(w.accounts,
                 step_up{made->user, family, "password", {}, client_at("192.0.2.3")})
              .ok());
  CHECK(w.take() == lines{"match 192.0.2.3"});

  REQUIRE(w.call(w.accounts, change_password{made->user, family, "password",
                                             "new password", client_at("192.0.2.4")})
              .ok());
  CHECK(w.take() == lines{"match 192.0.2.4", "judge 192.0.2.4", "make 192.0.2.4"});

  REQUIRE(w.call(w.verification,
                 send_code{"13800138000", "reset_password", client_at(), language::zh})
              .ok());
  REQUIRE(w.call(w.accounts, reset_password{"13800138000", w.last_code(), "new password",
                                            client_at("192.0.2.5")})
              .ok());
  CHECK(w.take() == lines{"judge 192.0.2.5", "make 192.0.2.5", "judge 192.0.2.5"});
}

} // namespace tinybook::test
