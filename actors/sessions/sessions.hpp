#pragma once

#include "actors/interfaces.hpp"
#include "actors/sessions/session_tokens.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/session_store.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct sessions_config : config::session_settings {
  std::chrono::milliseconds clock_leeway = replica_clock_leeway;
  std::chrono::milliseconds request_timeout{0};
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
  caf::result<token_pair> open(const open_session& m);
  caf::result<token_pair> refresh(const refresh_session& m);
  void note_shown(const token_shown& m);
  caf::result<done> close(const close_session& m);
  caf::result<done> spread(const spread_revocations& m);

  void rotated(const shown_refresh_token& shown, storage::rotation_outcome outcome,
               const pending_reply<token_pair>& reply);
  [[nodiscard]] result<token_pair> tokens_of_new(const storage::session_family& family,
                                                 const std::string& device);
  /// Calls `then` when the ingress knows, or does not answer.
  void push_revocation(const std::string& family, wall_time revoked_at,
                       std::function<void(bool)> then);
  /// Calls `then` once, with whether the ingress knows of all of them.
  void push_all(const std::vector<storage::session_family>& revoked,
                std::function<void(bool)> then);

  /// Makes a revocation of this replica known here and to the others; calls `then` when
  /// both have answered or do not.
  void announce(std::vector<storage::session_family> revoked, std::function<void()> then);

  void tick();
  void load();
  void loaded(bool all_known);
  void sweep();
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
  std::size_t noting_ = 0; ///< `token_shown`s that are being stored.
  std::uint64_t not_noted_ = 0;
  std::uint64_t failed_pushes_ = 0;
  std::uint64_t swept_ = 0;
};

} // namespace tinybook
