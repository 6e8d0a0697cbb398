#pragma once

#include "actors/codes/messages.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::test {

/// Any code cache, driven synchronously under a clock of its own that only `advance`
/// moves. A fixture starts empty, with the default `code_rules`. Failures that are not
/// the rules' own (a server that is away) are the fixture's to report.
class code_cache_fixture {
 public:
  virtual ~code_cache_fixture() = default;

  virtual result<done> issue(const code_key& key, new_code code) = 0;
  /// As `issue_code::replaces` says.
  virtual result<done> replace(const code_key& key, new_code code, std::int64_t lost) = 0;
  /// A right code is held under `ticket`.
  virtual verify_verdict try_one(const code_key& key,
                                 const std::vector<candidate_hash>& candidates,
                                 const std::string& asker, std::int64_t ticket) = 0;
  /// What was held is used up in the store, and the cache is told.
  virtual void use(const code_ticket& ticket) = 0;
  /// What was held is not used after all.
  virtual void let_go(const code_ticket& ticket) = 0;
  /// The cache loses what it holds; what was committed is left.
  virtual void lose() = 0;
  virtual bool wanted(const code_key& key, std::int64_t code_id) = 0;
  virtual void withdraw(const code_key& key, std::int64_t code_id) = 0;
  virtual void advance(std::chrono::milliseconds time) = 0;
};

/// Tries a code and uses it up where it is right.
inline verify_verdict verify_and_use(code_cache_fixture& cache, const code_key& key,
                                     const std::vector<candidate_hash>& candidates,
                                     const std::string& asker) {
  auto verdict = cache.try_one(key, candidates, asker, 1);
  if (verdict.outcome == verify_outcome::accepted)
    cache.use({{key, verdict.matched, {}}, 1});
  return verdict;
}

using make_code_cache = std::function<std::unique_ptr<code_cache_fixture>()>;

/// Checks a back end against `code_rules`, case by case; each case gets a fresh
/// fixture. To be called from a doctest case; the cases are its subcases.
void check_code_cache(const make_code_cache& make);

/// The part of it that counts wrong tries.
void check_code_cache_tries(const make_code_cache& make);

/// The part of it that replaces codes whose message was lost.
void check_code_cache_replacement(const make_code_cache& make);

/// The part of it that holds a code for the one who has entered it correctly.
void check_code_cache_holds(const make_code_cache& make);

/// What is left of the codes when the cache has lost all it held.
void check_code_cache_loss(const make_code_cache& make);

/// Drives the back end and the rules with the same random operations and compares every
/// answer. `make` is called once a run.
void check_code_cache_against_rules(const make_code_cache& make);

} // namespace tinybook::test
