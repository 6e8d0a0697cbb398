#pragma once

#include "actors/interfaces.hpp"
#include "actors/redis/redis_address.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/sessions/token_codec.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

struct redis_revocations_config {
  std::string prefix; ///< Of every key.
  /// How often those of other replicas are read; shortened at random each time, so that
  /// replicas do not read in step.
  std::chrono::milliseconds poll{0};
  /// How often the rows are read even while Redis answers.
  std::chrono::milliseconds check_period{std::chrono::seconds{10}};
  /// How long an access token may be valid after its family was revoked.
  std::chrono::milliseconds access_lifetime{0};
  std::chrono::milliseconds clock_leeway = replica_clock_leeway;
  /// A row may be committed this long after its own timestamp.
  std::chrono::milliseconds commit_delay{std::chrono::seconds{10}};
  std::chrono::milliseconds request_timeout{0};
  std::chrono::milliseconds write_timeout{std::chrono::seconds{1}};
};

/// Log-outs over replicas. A revocation that was committed is written to Redis:
/// `<prefix>:{sessions}:revoked` is a sorted set of `family:moment`, its scores the
/// server's microseconds, each greater than any before; entries go once no access token
/// can be valid any more. Every replica reads what is new in each `poll` and pushes it to
/// its ingress.
///
/// The rows are the truth. Where Redis cannot be read, the rows since the last reading of
/// them are read at the same period. `<prefix>:{sessions}:meta` names the run of the
/// server and the origin of its data: where a flush or a restart made a new origin, the
/// rows are read at once, so that nothing that was lost with the data is missed.
///
/// **Bound.** Another replica refuses the tokens of a family within one `poll` and one
/// round trip (`redis.timeout` when Redis freezes): by Redis or, while it is unreachable,
/// by the rows; also after a flush. Only where Redis is unreachable for the replica of
/// the log-out alone, it takes until that replica reaches Redis again (what it could not
/// write waits and is written then) or `check_period`, whichever comes first. A crash
/// loses what waits: the others find it in the rows within that period.
class redis_revocations_state {
 public:
  using actor_type = revocation_spreader_actor;

  redis_revocations_state(self_pointer<actor_type> self, redis_revocations_config config,
                          redis_address redis, store_address<session_store_actor> store,
                          address<ingress_actor> ingress, wall_clock clock,
                          std::shared_ptr<random_source> random);

  actor_type::behavior_type make_behavior();

 private:
  struct revocation {
    std::string family;
    wall_time revoked_at{};
  };
  using revocations = std::vector<revocation>;

  /// Answered when Redis has them or cannot take them: they are in the rows anyway.
  caf::result<done> spread(const spread_revocations& m);
  /// Writes what waits, then calls `then`.
  void write(std::function<void()> then);

  void poll();
  void take_page(const storage::redis::value& page);
  /// Reads the rows that may be new.
  void read_rows();
  /// Calls `then` with whether the ingress knows of all of them.
  void push(const revocations& news, std::function<void(bool)> then);
  void wait();
  [[nodiscard]] run_script command(const storage::redis::script& script,
                                   std::vector<std::string> args) const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  redis_revocations_config config_;
  redis_address redis_;
  store_address<session_store_actor> store_;
  address<ingress_actor> ingress_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  timer timer_;
  revocations unwritten_;
  std::string origin_;    ///< Of the data that was read last.
  std::string seen_{"0"}; ///< The last score of it.
  wall_time rows_read_{}; ///< Up to when the rows are known.
  bool reading_rows_ = false;
  bool rows_due_ = true; ///< Something may have been missed: the rows must be read.
  std::uint64_t written_ = 0;
  std::uint64_t pushed_ = 0;
  std::uint64_t failed_reads_ = 0;
  std::uint64_t failed_writes_ = 0;
  std::uint64_t row_reads_ = 0;
  std::uint64_t lost_data_ = 0;
};

} // namespace tinybook
