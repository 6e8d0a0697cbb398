#include "tests/soak/answer_class.hpp"

#include <algorithm>

namespace tinybook::soak {

namespace {

/// Codes that a 503 may bear.
constexpr std::array<std::string_view, 7> declared_codes{
    "overloaded",   "draining",   "starting",     "unavailable",
    "storage_full", "codes_full", "database_busy"};

} // namespace

answer_class classify(const seen_answer& seen,
                      std::initializer_list<std::string_view> expected) {
  const auto is_in = [&](const auto& codes) {
    return std::ranges::find(codes, seen.error) != std::end(codes);
  };
  if (seen.status == 0)
    return seen.replica_killed ? answer_class::broken_by_kill : answer_class::fault;
  if (seen.status >= 200 && seen.status < 300)
    return answer_class::ok;
  if (seen.status == 429)
    return seen.names_wait ? answer_class::limited : answer_class::fault;
  if (seen.status == 503)
    return seen.names_wait && is_in(declared_codes) ? answer_class::declared
                                                    : answer_class::fault;
  if (seen.status >= 400 && seen.status < 500 && is_in(expected))
    return answer_class::expected;
  return answer_class::fault;
}

} // namespace tinybook::soak
