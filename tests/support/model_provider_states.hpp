#pragma once

#include "storage/provider_states.hpp"

#include <map>
#include <string>

namespace tinybook::test {

/// Circuits of providers as their header says, in memory: the store of simulations.
class model_provider_states final : public storage::provider_state_store {
 public:
  result<done> run(const storage::save_provider_state& c) override {
    rows_[c.state.provider] = c.state;
    return done{};
  }

  result<storage::provider_state_list>
  run(const storage::load_provider_states&) override {
    storage::provider_state_list out;
    for (const auto& [name, row] : rows_)
      out.states.push_back(row);
    return out;
  }

 private:
  std::map<std::string, storage::provider_state> rows_;
};

} // namespace tinybook::test
