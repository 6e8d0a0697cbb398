#pragma once

#include "actors/codes/code_rules.hpp"
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
  virtual verify_verdict verify(const code_key& key,
                                const std::vector<candidate_hash>& candidates,
                                const std::string& asker) = 0;
  virtual bool wanted(const code_key& key, std::int64_t code_id) = 0;
  virtual void withdraw(const code_key& key, std::int64_t code_id) = 0;
  virtual void advance(std::chrono::milliseconds time) = 0;
};

using make_code_cache = std::function<std::unique_ptr<code_cache_fixture>()>;

/// Holds a back end to the rules C1, C3 and D2 (still wanted), case by case; each case
/// gets a fresh fixture. To be called from a doctest case; the cases are its subcases.
void check_code_cache(const make_code_cache& make);

/// The part of it that counts wrong tries.
void check_code_cache_tries(const make_code_cache& make);

/// The part of it that replaces codes whose message was lost.
void check_code_cache_replacement(const make_code_cache& make);

/// Drives the back end and the rules with the same random operations and compares every
/// answer. `make` is called once a run.
void check_code_cache_against_rules(const make_code_cache& make);

} // namespace tinybook::test
