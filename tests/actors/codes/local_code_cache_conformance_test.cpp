#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/actors/support/identity_world.hpp"

using namespace tinybook;
using namespace tinybook::test;

namespace {

/// The actor over its store, driven one operation at a time.
class local_cache final : public code_cache_fixture {
 public:
  local_cache() { world_.start_cache(); }

  result<done> issue(const code_key& key, new_code code) override {
    auto id = code.code_id;
    auto issued = world_.call(world_.cache, issue_code{key, std::move(code)});
    if (!issued)
      return issued.error();
    REQUIRE(issued->to_store.has_value());
    world_.stores->codes[key] = *issued->to_store;
    return world_.call(world_.cache, confirm_code{key, id});
  }

  verify_verdict verify(const code_key& key,
                        const std::vector<candidate_hash>& candidates,
                        const std::string& asker) override {
    auto verdict = world_.call(world_.cache, try_code{key, candidates, asker});
    REQUIRE(verdict.ok());
    return verdict->verdict;
  }

  bool wanted(const code_key& key, std::int64_t code_id) override {
    auto wanted = world_.call(world_.cache, is_code_wanted{key, code_id});
    REQUIRE(wanted.ok());
    return wanted->wanted;
  }

  void withdraw(const code_key& key, std::int64_t code_id) override {
    CHECK(world_.call(world_.cache, withdraw_code{key, code_id}).ok());
  }

  void advance(std::chrono::milliseconds time) override {
    // One tick of the cache more or less changes nothing: no need to fire each.
    world_.advance(time, std::max(time, std::chrono::milliseconds{1}));
  }

 private:
  identity_world world_;
};

std::unique_ptr<code_cache_fixture> make_local_cache() {
  return std::make_unique<local_cache>();
}

} // namespace

TEST_CASE("the local code cache keeps the rules") {
  check_code_cache(make_local_cache);
}

TEST_CASE("the local code cache counts tries by the rules") {
  check_code_cache_tries(make_local_cache);
}

TEST_CASE("the local code cache answers as the rules under random operations") {
  check_code_cache_against_rules(make_local_cache);
}
