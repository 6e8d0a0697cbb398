#pragma once

#include "actors/codes/code_rules.hpp"
#include "actors/interfaces.hpp"
#include "actors/redis/redis_address.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "storage/support/keyring.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct redis_code_cache_config {
  code_rules rules;
  std::string prefix = "tinybook"; ///< Of every key.
  std::chrono::milliseconds request_timeout{std::chrono::seconds{5}};
  /// How long the answer to a used code waits for the end of its pending message.
  std::chrono::milliseconds end_timeout{std::chrono::seconds{1}};
  std::chrono::milliseconds cleanup_period{std::chrono::minutes{1}};
};

/// The live codes in Redis, shared by all replicas: `<prefix>:code:{…}` holds the state
/// of one phone and purpose, the braces a keyed hash of the two, under whichever key of
/// the ring it was made: so it is found while a new key is rolled out. Only keyed hashes
/// of codes go there. Nothing is held here: a crash loses nothing.
///
/// A code lives from `issue_code` on, before its message is committed (C3a). A crash in
/// between leaves a code that nobody was sent, which harms nobody but for its cooldown;
/// the other way round a message could go out whose code does not verify. `confirm_code`
/// only looks whether Redis has lost it meanwhile, and then fails with `unavailable`.
/// `withdraw_code` that does not reach Redis leaves the same harmless code.
///
/// A script that was not answered in time may have run: a try may have been counted, a
/// code used up without the log-in. A used code never revives: Redis without persistence
/// forgets all codes at once.
///
/// A used code ends the pending message of its phone and purpose in the database, after
/// the fact: until the store has answered (or `end_timeout`) the answer waits, so that a
/// new code that is asked for next neither finds that message pending nor is taken for
/// it. Where it fails, the supervisor finds the message unwanted before its next attempt.
/// Redis away: everything fails with `unavailable`.
class redis_code_cache_state {
 public:
  using actor_type = code_cache_actor;

  /// Without `store` no message is ended.
  redis_code_cache_state(self_pointer<actor_type> self, redis_code_cache_config config,
                         redis_address redis,
                         std::optional<store_address<code_store_actor>> store,
                         std::shared_ptr<const keyring> keys, wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  caf::result<code_issued> issue(issue_code& m);
  caf::result<done> confirm(const confirm_code& m);
  caf::result<done> withdraw(const withdraw_code& m);
  caf::result<code_verdict> try_one(try_code& m);
  caf::result<code_wanted_answer> wanted(const is_code_wanted& m);

  /// The script's run on the key, with the moment and the rules before `args`.
  [[nodiscard]] run_script command(const storage::redis::script& script,
                                   const code_key& key,
                                   std::vector<std::string> args) const;
  void judged(const code_key& key, const pending_reply<code_verdict>& reply,
              result<storage::redis::value> answer);
  void end_pending(const code_key& key, const pending_reply<code_verdict>& reply,
                   code_verdict verdict);
  void clean_up_rows();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  redis_code_cache_config config_;
  redis_address redis_;
  std::optional<store_address<code_store_actor>> store_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  timer timer_;
  std::uint64_t issued_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t failed_ends_ = 0;
};

} // namespace tinybook
