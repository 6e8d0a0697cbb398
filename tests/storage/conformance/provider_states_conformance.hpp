#pragma once

#include "tests/storage/conformance/fixture.hpp"
#include "tests/support/model_provider_states.hpp"

#include <tuple>

namespace tinybook::test {

inline auto fields_of(const storage::provider_state& s) {
  return std::tie(s.provider, s.state, s.generation, s.open_until, s.forced,
                  s.forced_until, s.forced_by, s.reason, s.changed_at);
}

/// What outlives a restart of the circuits.
inline void provider_states_conformance(const make_fixture& make) {
  using namespace storage;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto reader = fixture->reader();
  const auto load = [&] {
    return must(*reader, load_provider_states{}).states;
  };
  const provider_state held{.provider = "tencent",
                            .state = "open",
                            .generation = 7,
                            .open_until = some_day + std::chrono::seconds{9},
                            .forced = "open",
                            .forced_until = some_day + std::chrono::hours{1},
                            .forced_by = "ann",
                            .reason = "they asked us to",
                            .changed_at = some_day};

  SUBCASE("nothing is known of providers at first") {
    CHECK(load().empty());
  }
  SUBCASE("a saved state is loaded with all its fields") {
    must(*db, save_provider_state{held});
    REQUIRE(load().size() == 1);
    CHECK(fields_of(load()[0]) == fields_of(held));
  }
  SUBCASE("a later state of the same provider replaces the earlier one") {
    must(*db, save_provider_state{held});
    provider_state lifted{.provider = "tencent",
                          .state = "closed",
                          .generation = 8,
                          .changed_at = some_day};
    must(*db, save_provider_state{lifted});
    REQUIRE(load().size() == 1);
    CHECK(fields_of(load()[0]) == fields_of(lifted));
  }
  SUBCASE("a state of a lower generation is not written, one of the same is") {
    must(*db, save_provider_state{held});
    auto other = held;
    other.generation = 6;
    other.state = "closed";
    CHECK_FALSE(must(*db, save_provider_state{other}).kept);
    CHECK(fields_of(load()[0]) == fields_of(held));
    other.generation = 7;
    CHECK(must(*db, save_provider_state{other}).kept);
    CHECK(fields_of(load()[0]) == fields_of(other));
  }
  SUBCASE("one replica at a time has the right to probe a provider") {
    using std::chrono::seconds;
    const claim_probe first{"tencent", "r1", some_day, seconds{10}};
    const claim_probe second{"tencent", "r2", some_day + seconds{9}, seconds{10}};
    CHECK(must(*db, first).granted);
    const auto refused = must(*db, second);
    CHECK_FALSE(refused.granted);
    CHECK(refused.until == some_day + seconds{10});
    CHECK(must(*db, claim_probe{"aliyun", "r2", some_day, seconds{10}}).granted);

    SUBCASE("until it runs out") {
      CHECK(must(*db, claim_probe{"tencent", "r2", some_day + seconds{10}, seconds{10}})
                .granted);
    }
    SUBCASE("or is given back by its holder, and by nobody else") {
      must(*db, release_probe{"tencent", "r2"});
      CHECK_FALSE(must(*db, second).granted);
      must(*db, release_probe{"tencent", "r1"});
      CHECK(must(*db, second).granted);
    }
    SUBCASE("and a heartbeat of the holder extends it") {
      CHECK(must(*db, claim_probe{"tencent", "r1", some_day + seconds{5}, seconds{10}})
                .granted);
      CHECK_FALSE(
          must(*db, claim_probe{"tencent", "r2", some_day + seconds{12}, seconds{10}})
              .granted);
    }
  }
  SUBCASE("providers come by name, the pause of all among them, as in the model") {
    model_provider_states model;
    for (const auto* name : {"webhook", "*", "aliyun"}) {
      auto state = held;
      state.provider = name;
      must(*db, save_provider_state{state});
      REQUIRE(model.run(save_provider_state{state}).ok());
    }
    const auto expected = model.run(load_provider_states{})->states;
    const auto found = load();
    REQUIRE(found.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(fields_of(found[i]) == fields_of(expected[i]));
    CHECK(found[0].provider == "*");
  }
}

} // namespace tinybook::test
