#pragma once

#include "tests/actors/codes/code_cache_conformance.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace tinybook::test {

/// One phone at a time and its clients on one cache. A hash is "h:" and what was entered.
class code_session {
 public:
  explicit code_session(std::unique_ptr<code_cache_fixture> cache)
      : cache_(std::move(cache)) {}

  result<done> send(std::int64_t id, const std::string& code,
                    const std::string& asker = "me") {
    return cache_->issue(key_, {id, hash_of(code), "k1", asker});
  }

  /// A new code in place of `lost`, whoever asked for that.
  result<done> replace(std::int64_t lost, std::int64_t id, const std::string& code) {
    return cache_->replace(key_, {id, hash_of(code), "k1", ""}, lost);
  }

  verify_verdict enter(const std::string& code, const std::string& asker = "me") {
    return verify_and_use(*cache_, key_, {{"k1", hash_of(code)}}, asker);
  }

  /// Enters a right code, which is held.
  code_ticket hold(const std::string& code, const std::string& asker = "me") {
    const auto verdict =
        cache_->try_one(key_, {{"k1", hash_of(code)}}, asker, ++tickets_);
    REQUIRE(verdict.outcome == verify_outcome::accepted);
    return {{key_, verdict.matched, {}}, tickets_};
  }

  verify_outcome outcome(const std::string& code, const std::string& asker = "me") {
    return enter(code, asker).outcome;
  }

  void fail(int times, const std::string& asker) {
    for (int i = 0; i < times; ++i)
      CHECK(outcome("000000", asker) == verify_outcome::wrong);
  }

  /// A stranger asks for the codes `first` to `last`, a minute apart.
  void overtake(std::int64_t first, std::int64_t last,
                const std::string& code = "222222") {
    for (auto id = first; id <= last; ++id) {
      pass(std::chrono::seconds{60});
      REQUIRE(send(id, code, "stranger"));
    }
  }

  bool wanted(std::int64_t id) { return cache_->wanted(key_, id); }
  void withdraw(std::int64_t id) { cache_->withdraw(key_, id); }
  void pass(std::chrono::milliseconds time) { cache_->advance(time); }
  void turn_to(code_key key) { key_ = std::move(key); }
  code_cache_fixture& cache() { return *cache_; }

  static std::string hash_of(const std::string& code) { return "h:" + code; }

 private:
  std::unique_ptr<code_cache_fixture> cache_;
  code_key key_{"+8613800138000", "login"};
  std::int64_t tickets_ = 1;
};

} // namespace tinybook::test
