#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/provider_states.hpp"

namespace tinybook::storage::postgres {

/// The circuits of providers in PostgreSQL.
class postgres_provider_states final : public provider_state_store {
 public:
  explicit postgres_provider_states(handle& db) : db_(db) {}

  result<state_saved> run(const save_provider_state& command) override;
  result<probe_claim> run(const claim_probe& command) override;
  result<done> run(const release_probe& command) override;
  result<provider_state_list> run(const load_provider_states& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
