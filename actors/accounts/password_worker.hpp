#pragma once

#include "actors/accounts/messages.hpp"
#include "actors/accounts/password_hash.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"

#include <cstdint>
#include <string>

namespace tinybook {

/// One thread's worth of Argon2id: spawned detached, for each job keeps a core busy for
/// tens of milliseconds, and of the lowest priority (nice 19). Takes the same messages as
/// its front. Stateless but for the hash that an unknown e-mail is compared with.
class password_worker_state {
 public:
  using actor_type = password_hasher_actor;

  password_worker_state(self_pointer<actor_type> self, password_hash_options cost)
      : self_(std::move(self)), cost_(cost) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] result<password_hash_made> make(const make_password_hash& m);
  [[nodiscard]] result<password_matched> match(const match_password& m);
  [[nodiscard]] result<password_matched> match(const std::string& hash,
                                               const std::string& password);

  self_pointer<actor_type> self_;
  password_hash_options cost_;
  std::string dummy_; ///< Empty when there was no memory for it yet.
  std::uint64_t hashes_ = 0;
};

} // namespace tinybook
