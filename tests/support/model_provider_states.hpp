#pragma once

#include "storage/provider_states.hpp"

#include <map>
#include <string>

namespace tinybook::test {

/// A model of the store of provider states in memory, for simulations.
class model_provider_states {
 public:
  result<storage::state_saved> run(const storage::save_provider_state& c) {
    auto [row, is_new] = rows_.try_emplace(c.state.provider, c.state);
    if (!is_new && row->second.generation > c.state.generation)
      return storage::state_saved{false};
    row->second = c.state;
    return storage::state_saved{true};
  }

  result<storage::probe_claim> run(const storage::claim_probe& c) {
    auto& held = probes_[c.provider];
    if (!held.replica.empty() && held.replica != c.replica && held.until > c.now)
      return storage::probe_claim{false, held.until};
    held = {c.replica, c.now + c.lease};
    return storage::probe_claim{true, held.until};
  }

  result<done> run(const storage::release_probe& c) {
    if (auto held = probes_.find(c.provider);
        held != probes_.end() && held->second.replica == c.replica)
      probes_.erase(held);
    return done{};
  }

  result<storage::provider_state_list> run(const storage::load_provider_states&) {
    storage::provider_state_list out;
    for (const auto& [name, row] : rows_)
      out.states.push_back(row);
    return out;
  }

 private:
  struct probe_lease {
    std::string replica;
    wall_time until{};
  };

  std::map<std::string, storage::provider_state> rows_;
  std::map<std::string, probe_lease> probes_;
};

} // namespace tinybook::test
