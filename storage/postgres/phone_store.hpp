#pragma once

#include "storage/phone_store.hpp"
#include "storage/postgres/handle.hpp"

namespace tinybook::storage::postgres {

/// Verified phones and the shares of entered codes in PostgreSQL.
class postgres_phone_store final : public phone_store {
 public:
  explicit postgres_phone_store(handle& db) : db_(db) {}

  result<phone_known> run(const is_phone_verified& command) override;
  result<verified_shares> run(const count_verified& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
