#pragma once

#include "actors/codes/code_book.hpp"
#include "actors/codes/key_queue.hpp"
#include "actors/codes/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"

#include <caf/actor_clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>

namespace tinybook {

struct local_code_cache_config {
  code_rules rules;
  std::size_t capacity = 0;
  std::size_t max_waiting = 1024; ///< Operations that wait for another on their key.
  default_timeout request_timeout{};
  /// An issued code that was neither confirmed nor withdrawn by then counts as confirmed.
  /// Longer than a message takes to be stored; with a deadline further off than that,
  /// until `request_timeout` after it.
  std::chrono::milliseconds reservation_timeout{0};
  std::chrono::milliseconds tick{std::chrono::seconds{1}};
  std::chrono::milliseconds cleanup_period{std::chrono::minutes{1}};
  std::chrono::milliseconds load_retry{200};
};

/// The live codes in memory, never ahead of what is committed. They are loaded at start
/// (until then everything fails with `starting`). A wrong try is committed before it is
/// answered, and counts in memory only then: a failed commit (`unavailable`) changes
/// nothing. The store decides what is used up (`storage::code_use`), in the row that is
/// loaded here, so neither a crash of this actor nor kill -9 revives a used code.
///
/// Operations on one key run one after the other, also across their commits. An issued
/// code reserves its key until it is confirmed or withdrawn, one that was entered
/// correctly until it is settled; operations on the key wait meanwhile. Where nobody
/// ends the reservation (who made it has crashed), the issued code counts as confirmed,
/// for its message may be committed, and the entered one as not used.
class local_code_cache_state {
 public:
  using actor_type = code_cache_actor;

  local_code_cache_state(self_pointer<actor_type> self, local_code_cache_config config,
                         store_address<code_store_actor> store, wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  struct reservation {
    std::int64_t by = 0;      ///< The code that was issued, or the number of a ticket.
    std::uint64_t number = 0; ///< Distinguishes it from later ones of the same key.
  };
  struct reservation_end {
    code_key key;
    std::uint64_t number;
  };

  caf::result<code_issued> issue(issue_code& m);
  void confirm(const confirm_code& m);
  caf::result<done> withdraw(const withdraw_code& m);
  caf::result<code_verdict> try_one(try_code& m);
  caf::result<done> settle(const settle_code& m);
  caf::result<code_wanted_answer> wanted(const is_code_wanted& m) const;

  /// Runs `op` with a reply once `key` is free, unless the requester has timed out by
  /// then.
  template <class Reply>
  caf::result<Reply> in_turn(const code_key& key,
                             std::function<void(const pending_reply<Reply>&)> op);

  void reserve(const issue_code& m, const pending_reply<code_issued>& reply);
  void verify(const try_code& m, const pending_reply<code_verdict>& reply);
  void withdraw_late(const withdraw_code& m, const pending_reply<done>& reply);
  /// Commits `state` and puts it into the book then; the key is held meanwhile.
  void commit(const code_key& key, code_state state, std::chrono::milliseconds most,
              std::function<void(result<done>)> then);
  /// Holds the key until `end_reservation`, at most for `time`.
  void begin_reservation(const code_key& key, std::int64_t by,
                         std::chrono::milliseconds time);
  [[nodiscard]] bool is_reserved(const code_key& key, std::int64_t by) const;
  void end_reservation(const code_key& key);
  void expire_reservations();

  void load();
  void load_again(const code_key& key);
  void tick();
  void clean_up_rows();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  local_code_cache_config config_;
  store_address<code_store_actor> store_;
  wall_clock clock_;
  code_book book_;
  key_queue queue_;
  std::unordered_map<code_key, reservation, code_key_hash> reserved_;
  std::multimap<caf::actor_clock::time_point, reservation_end> reservation_ends_;
  std::uint64_t reservations_ = 0;
  timer timer_;
  bool loaded_ = false;
  std::vector<confirm_code> confirmed_early_; ///< Before the codes were loaded.
  caf::actor_clock::time_point next_cleanup_{};
  std::size_t saving_ = 0;
  std::uint64_t failed_saves_ = 0;
  std::uint64_t reservations_expired_ = 0;
};

} // namespace tinybook
