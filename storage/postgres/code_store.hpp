#pragma once

#include "storage/code_store.hpp"
#include "storage/postgres/handle.hpp"

namespace tinybook::storage::postgres {

/// States of codes in PostgreSQL.
class postgres_code_store final : public code_store {
 public:
  explicit postgres_code_store(handle& db) : db_(db) {}

  result<done> run(const save_code_state& command) override;
  result<code_states> run(const load_code_states& command) override;
  result<live_codes> run(const find_live_codes& command) override;
  result<removed_states> run(const remove_code_states& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
