#pragma once

#include "actors/abuse/messages.hpp"
#include "actors/codes/ceiling_alarm.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/messages.hpp"
#include "actors/codes/pumping_guard.hpp"
#include "actors/codes/rate_permits.hpp"
#include "actors/codes/send_limits.hpp"
#include "actors/interfaces.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/new_message.hpp"
#include "actors/sms/number_routes.hpp"
#include "actors/system/address.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tinybook {

struct verification_config {
  phone_policy phones;
  /// Take their own code at any time, are never sent anything, and count against no limit
  /// but `test_tries`.
  test_number_map test_numbers;
  /// Of each provider; without any, every number has a route.
  std::vector<number_routes> routes;
  std::chrono::milliseconds code_lifetime{0};
  std::string web_host{}; ///< Of the pages; empty = messages do not name it.
  send_limits limits;
  double sends_alarm = 1; ///< The share of a ceiling from which it warns.
  /// Wrong tries at a test number and purpose.
  rate_limit test_tries{10, std::chrono::minutes{10}};
  config::guard_settings guard;
  default_timeout request_timeout{};
};

/// Whom the verification actor asks.
struct verification_peers {
  address<code_cache_actor> codes;
  address<rate_limiter_actor> limiter;
  store_address<phone_store_actor> phones;
  store_address<user_store_actor> users;
  store_address<submission_store_actor> outbox;
  address<outbox_watcher_actor> sms;
  std::optional<address<verdict_hook_actor>> verdicts{};
};

/// Makes codes and checks them. A send needs a route, passes the pumping guard, takes its
/// permits (an owner's known browser passes it, and has permits of its own), reserves a
/// code in the cache, is allowed by the operator's endpoint, if there is one, and commits
/// the message with the state of its code, in this order; whatever refuses undoes what
/// went before. But the permits of what that endpoint was asked about stay taken where it
/// denies it or a message is pending, so that it is not asked without end. So the
/// cooldown is looked at before a pending message is, and a send that was not accepted
/// leaves no trace. Holds nothing but counters and what was counted from the store; a
/// crash answers what is under way with `unavailable`, and the cache ends the
/// reservation.
class verification_state {
 public:
  using actor_type = verification_actor;

  verification_state(self_pointer<actor_type> self, verification_config config,
                     verification_peers peers, std::shared_ptr<const keyring> keys,
                     wall_clock clock, std::shared_ptr<random_source> random);

  actor_type::behavior_type make_behavior();

 private:
  using permit_keys = std::vector<std::string>;

  // The journeys.
  task<result<code_sent>> send(send_code m);
  task<result<code_resent>> resend(resend_code m);
  task<result<verified_phone>> check(check_code m);
  task<result<done>> count_shares();

  // Their steps.

  /// As what `client` asks for a code to `phone`; `in_session`: of the account of it.
  task<result<send_asker>> who_asks(std::string phone, client_info client,
                                    bool in_session);
  /// Whether a code may go to `phone` at the request of who is no owner for certain;
  /// `verified`: a code of it was entered before.
  [[nodiscard]] result<done> pass_guard(const phone_number& phone,
                                        const std::string& client_address, bool verified);
  /// Reserves a new code in the cache, in the place of `replaces` if that is given, and
  /// commits it with `message`, if the answer to `question` allows it. `permits` go back
  /// where it is certain that nothing was committed.
  task<result<done>> commit(new_message message, permit_keys permits,
                            code_id replaces = 0,
                            std::optional<verdict_question> question = {});
  void withdraw(code_key key, code_id id);
  /// A commit that took too long may come about all the same, a little later.
  task<result<done>> look_later();
  task<result<verified_phone>> check_test_number(code_key key, bool matches);

  [[nodiscard]] result<verified_phone> judge(code_ticket ticket,
                                             const result<code_verdict>& verdict);

  /// Warns where a ceiling comes near.
  void watch_ceilings(const std::vector<taken_permits::use>& uses);
  void watch_ceiling_reached(limit_rule name, send_asker who);
  void note_ceiling(ceiling_alarm& alarm, limit_rule name, std::uint32_t used);
  void show_ceilings(actor_status& to) const;
  [[nodiscard]] bool has_route(const phone_number& phone);
  [[nodiscard]] failure held_back(const std::string& region);
  void note_changes(const std::vector<pumping_guard::change>& changes);
  void show_guard(actor_status& to) const;

  [[nodiscard]] code_id new_code_id();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  verification_config config_;
  verification_peers peers_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  phone_metadata_source metadata_ = find_phone_metadata();
  pumping_guard guard_;
  ceiling_alarm hour_alarm_;
  ceiling_alarm day_alarm_;
  timer timer_;
  bool outbox_full_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t resent_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t limited_ = 0;
  std::uint64_t by_owners_ = 0;
  std::uint64_t verified_ = 0;
  std::uint64_t released_ = 0;
  std::uint64_t held_tries_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t held_ = 0;
  std::uint64_t no_route_ = 0;
  std::set<std::string> told_no_route_; ///< Regions, as many as there are.
  std::uint64_t failed_counts_ = 0;
};

} // namespace tinybook
