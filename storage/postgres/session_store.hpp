#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/session_store.hpp"

namespace tinybook::storage::postgres {

/// Families of refresh tokens in PostgreSQL.
class postgres_session_store final : public session_store {
 public:
  explicit postgres_session_store(handle& db) : db_(db) {}

  result<done> run(const create_family& command) override;
  result<rotation_outcome> run(const rotate_family& command) override;
  result<done> run(const note_family_shown& command) override;
  result<done> run(const revoke_family& command) override;
  result<family_list> run(const revoke_user_families& command) override;
  result<family_list> run(const revoked_families& command) override;
  result<removed_count> run(const remove_expired_families& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
