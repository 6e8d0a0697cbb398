#include "tests/support/budgets.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tinybook::test {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool with_sanitizers = true;
#elif defined(__has_feature)
constexpr bool with_sanitizers = __has_feature(address_sanitizer);
#else
constexpr bool with_sanitizers = false;
#endif

} // namespace

int budget::amount() const {
  if (const char* set = std::getenv(variable)) { // NOLINT(concurrency-mt-unsafe)
    int amount = 0;
    const auto* end = set + std::strlen(set);
    if (std::from_chars(set, end, amount).ptr == end && amount > 0)
      return amount;
    std::fprintf(stderr, "%s is \"%s\": use a number from 1\n", variable, set);
    std::exit(2); // NOLINT(concurrency-mt-unsafe)
  }
  const char* much = std::getenv("TINYBOOK_TEST_ALL"); // NOLINT(concurrency-mt-unsafe)
  if (much != nullptr && *much == '1')
    return with_sanitizers ? all_sanitized : all;
  return with_sanitizers ? sanitized : usual;
}

} // namespace tinybook::test
