#pragma once

#include "actors/codes/code_rules.hpp"
#include "actors/codes/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/redis/redis_address.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "storage/code_store.hpp"
#include "storage/support/keyring.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

struct redis_code_cache_config {
  code_rules rules;
  std::string prefix; ///< Of every key.
  std::chrono::milliseconds request_timeout{0};
};

/// The live codes in Redis, shared by all replicas. `<prefix>:code:{…}` holds the state
/// of one phone and purpose; in the braces is a hash of the two, with whichever key of
/// the keyring was current, so that it is found while a new key is rolled out. Only
/// keyed hashes of codes are stored. This actor holds nothing: a crash loses nothing.
///
/// Redis is a cache: codes that it loses (flushed, restarted empty, a failover to a
/// replica that lags) are restored from the rows of the messages as soon as one is
/// missed: before its message goes out, and before a try counts as wrong. A restored
/// code has one try for the asker and one for all others; cooldown and the day of the
/// others begin anew. A used code never comes back: the transaction of its use consumed
/// it in its row (`storage::code_use`), which counts even where Redis still has it.
///
/// A code lives from `issue_code` on, before its message is committed. A crash in
/// between leaves a code that was sent to nobody, which does no harm but for its
/// cooldown; in the other order a message could go out whose code cannot be entered. A
/// `withdraw_code` that does not reach Redis leaves the same harmless code. A script
/// that was not answered in time may have run: a try may have been counted, or a code
/// held until the hold runs out. While Redis is unavailable everything fails with
/// `unavailable`.
class redis_code_cache_state {
 public:
  using actor_type = code_cache_actor;

  redis_code_cache_state(self_pointer<actor_type> self, redis_code_cache_config config,
                         redis_address redis, store_address<code_store_actor> store,
                         std::shared_ptr<const keyring> keys, wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  using value = storage::redis::value;

  caf::result<code_issued> issue(issue_code& m);
  void replace(std::shared_ptr<issue_code> m, const pending_reply<code_issued>& reply,
               bool may_restore);
  void issued(result<value> answer, const pending_reply<code_issued>& reply);
  caf::result<done> withdraw(const withdraw_code& m);
  caf::result<code_verdict> try_one(try_code& m);
  void run_try(const try_code& m, bool counts,
               std::function<void(result<code_verdict>)> then);
  void judged(const pending_reply<code_verdict>& reply, result<code_verdict> verdict);
  caf::result<done> settle(const settle_code& m);
  caf::result<code_wanted_answer> wanted(const is_code_wanted& m);

  /// Runs the script on the key, with the time and the rules before `args`.
  void run(const storage::redis::script& script, const code_key& key,
           std::vector<std::string> args, std::function<void(result<value>)> then);
  /// Restores what Redis has lost of the key from the rows; calls `then` with the codes
  /// of the rows.
  void restore_from_rows(const code_key& key,
                         std::function<void(result<storage::live_codes>)> then);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  redis_code_cache_config config_;
  redis_address redis_;
  store_address<code_store_actor> store_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::uint64_t issued_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t put_back_ = 0;
  std::uint64_t failed_looks_ = 0;
};

} // namespace tinybook
