#pragma once

#include "actors/interfaces.hpp"
#include "actors/sessions/session_tokens.hpp"
#include "actors/system/address.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/account_store.hpp"
#include "storage/session_store.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct sessions_config : config::session_settings {
  std::chrono::milliseconds step_up{std::chrono::minutes{10}}; ///< `accounts.step_up`
  std::chrono::milliseconds clock_leeway = replica_clock_leeway;
  default_timeout request_timeout{};
  /// How long a log-out waits for the ingress to know of it.
  std::chrono::milliseconds push_timeout{std::chrono::seconds{1}};
  std::chrono::milliseconds load_retry{200};
  std::chrono::milliseconds sweep_period{std::chrono::minutes{10}};
  std::size_t max_noting = 1024; ///< `token_shown`s that are being stored, at most.
};

/// Token families are rows of the store; this actor makes tokens of them, pushes
/// revocations to the ingress and, where there are other replicas, hands them to the
/// spreader. At its start it pushes the revocations whose access tokens may still be
/// valid; the status fact `loaded` tells when that is done. It serves meanwhile, since
/// all but the ingress's own check goes by the rows. A crash loses nothing: what was
/// under way is answered with `unavailable`.
class sessions_state {
 public:
  using actor_type = sessions_actor;

  sessions_state(self_pointer<actor_type> self, sessions_config config,
                 store_address<session_store_actor> store, address<ingress_actor> ingress,
                 std::shared_ptr<const token_codec> codec, wall_clock clock,
                 std::shared_ptr<random_source> random,
                 std::optional<address<revocation_spreader_actor>> spreader = {});

  actor_type::behavior_type make_behavior();

 private:
  // The journeys.
  task<result<token_pair>> open(open_session m);
  task<result<token_pair>> find_opened(find_opened_session m);
  task<result<token_pair>> refresh(refresh_session m);
  task<result<done>> close(close_session m);
  task<result<done>> spread(spread_revocations m);
  task<result<session_list>> list(list_sessions m);
  task<result<done>> end_own(end_own_session m);
  task<result<done>> end_others(end_other_sessions m);
  task<result<done>> note(token_shown m);
  task<result<done>> load();
  task<result<done>> sweep();

  /// Makes revocations of this replica known here and to the others, whoever waits for
  /// it. Ends when both have answered or do not.
  task<done> announce(std::vector<storage::session_family> revoked);
  task<done> tell_others(std::vector<storage::session_family> revoked);
  /// Whether the ingress knows of them, or of one of them.
  task<bool> push_all(std::vector<storage::session_family> revoked);
  task<bool> push(storage::session_family revoked);

  [[nodiscard]] result<token_pair> tokens_of_new(const storage::known_family& family,
                                                 const std::string& device);
  [[nodiscard]] result<browser_known> know(const know_browser& m);
  void note_shown(const token_shown& m);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  sessions_config config_;
  store_address<session_store_actor> store_;
  address<ingress_actor> ingress_;
  session_tokens tokens_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  std::optional<address<revocation_spreader_actor>> spreader_; ///< None: one replica.
  timer timer_;
  bool loaded_ = false;
  std::uint64_t opened_ = 0;
  std::uint64_t rotated_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t reused_ = 0;
  std::uint64_t closed_ = 0;
  std::uint64_t surplus_ = 0;
  std::size_t noting_ = 0; ///< `token_shown`s that are being stored.
  std::uint64_t not_noted_ = 0;
  std::uint64_t failed_pushes_ = 0;
  std::uint64_t swept_ = 0;
};

} // namespace tinybook
