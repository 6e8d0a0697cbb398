#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/user_store.hpp"

namespace tinybook::storage::postgres {

/// Accounts in PostgreSQL.
class postgres_user_store final : public user_store {
 public:
  explicit postgres_user_store(handle& db) : db_(db) {}

  result<user> run(const create_user& command) override;
  result<user> run(const find_user& command) override;
  result<user> run(const find_user_by_email& command) override;
  result<user> run(const claim_phone_account& command) override;
  result<done> run(const edit_user& command) override;
  result<done> run(const upgrade_password_hash& command) override;
  result<user> run(const find_user_by_phone& command) override;
  result<done> run(const bind_phone& command) override;
  result<family_list> run(const set_password& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
