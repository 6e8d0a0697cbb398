#pragma once

#include "tests/storage/conformance/provider_states_conformance.hpp"

#include <cstdint>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook::test {

enum class states_action : std::uint8_t { save, claim, release, wait };

struct states_step {
  states_action action = states_action::wait;
  int provider = 0; ///< 0 is the row of all.
  int replica = 0;
  int value = 0;
};

inline rc::Gen<states_step> any_states_step() {
  return rc::gen::build<states_step>(
      rc::gen::set(&states_step::action,
                   rc::gen::map(rc::gen::inRange(0, 4),
                                [](int n) { return static_cast<states_action>(n); })),
      rc::gen::set(&states_step::provider, rc::gen::inRange(0, 3)),
      rc::gen::set(&states_step::replica, rc::gen::inRange(0, 3)),
      rc::gen::set(&states_step::value, rc::gen::inRange(0, 12)));
}

inline void showValue(const states_step& step, std::ostream& out) {
  out << '{' << static_cast<int>(step.action) << ' ' << step.provider << ' '
      << step.replica << ' ' << step.value << '}';
}

/// Runs the same steps against a store and against the model, over one connection a
/// replica, and compares every answer and every row.
class states_trace {
 public:
  explicit states_trace(const make_fixture& make)
      : fixture_(make()), reader_(fixture_->reader()) {
    for (int i = 0; i < 3; ++i)
      connections_.push_back(fixture_->writer());
  }

  void take(const states_step& step) {
    perform(step);
    const auto real = reader_->run(storage::load_provider_states{});
    const auto model = model_.run(storage::load_provider_states{});
    RC_ASSERT(real.ok());
    RC_ASSERT(real->states.size() == model->states.size());
    for (std::size_t i = 0; i < real->states.size(); ++i)
      RC_ASSERT(fields_of(real->states[i]) == fields_of(model->states[i]));
  }

 private:
  void perform(const states_step& step) {
    auto& store = *connections_[static_cast<std::size_t>(step.replica)];
    const auto provider =
        step.provider == 0 ? "*" : "provider-" + std::to_string(step.provider);
    const auto replica = "replica-" + std::to_string(step.replica);
    const std::chrono::seconds lease{1 + step.value};
    switch (step.action) {
    case states_action::save: {
      const storage::save_provider_state save{state(step, provider)};
      const auto real = store.run(save);
      RC_ASSERT(real.ok());
      RC_ASSERT(real->kept == model_.run(save)->kept);
      break;
    }
    case states_action::claim: {
      const storage::claim_probe claim{provider, replica, now_, lease};
      const auto real = store.run(claim);
      const auto model = model_.run(claim);
      RC_ASSERT(real.ok());
      RC_ASSERT(real->granted == model->granted);
      RC_ASSERT(real->until == model->until);
      break;
    }
    case states_action::release:
      RC_ASSERT(store.run(storage::release_probe{provider, replica}).ok());
      RC_ASSERT(model_.run(storage::release_probe{provider, replica}).ok());
      break;
    case states_action::wait:
      now_ += std::chrono::milliseconds{700 * step.value};
    }
  }

  [[nodiscard]] storage::provider_state state(const states_step& step,
                                              const std::string& provider) const {
    storage::provider_state s;
    s.provider = provider;
    s.state = step.value % 2 == 0 ? "open" : "closed";
    s.generation = step.value;
    s.open_until = step.value % 3 == 0 ? wall_time{} : now_ + std::chrono::seconds{5};
    s.forced = step.value % 5 == 0 ? "open" : "";
    s.forced_until = step.value % 4 == 0 ? now_ : wall_time{};
    s.forced_by = step.replica == 0 ? "" : "ann";
    s.reason = "because";
    s.changed_at = now_;
    return s;
  }

  std::unique_ptr<database_fixture> fixture_;
  std::unique_ptr<storage::connection> reader_;
  std::vector<std::unique_ptr<storage::connection>> connections_;
  model_provider_states model_;
  wall_time now_ = some_day;
};

/// Any trace of replicas leaves the circuits that they share, and the right to probe, as
/// in the naive model.
inline void provider_states_property(const make_fixture& make) {
  CHECK(rc::check("shared circuits behave as the model under any trace", [&] {
    const auto steps = *rc::gen::container<std::vector<states_step>>(any_states_step());
    states_trace trace{make};
    for (const auto& step : steps)
      trace.take(step);
  }));
}

} // namespace tinybook::test
