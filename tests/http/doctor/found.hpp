#pragma once

#include "http/commands/doctor/finding.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ostream>
#include <string>

namespace tinybook::http::doctor {

inline std::ostream& operator<<(std::ostream& out, level how) {
  return out << static_cast<int>(how);
}

} // namespace tinybook::http::doctor

namespace tinybook::test {

/// How bad it is about `what`; where there are several, the worst of them.
inline http::doctor::level level_of(const http::doctor::findings& all,
                                    const std::string& what) {
  auto worst = http::doctor::level::ok;
  bool any = false;
  for (const auto& one : all)
    if (one.what == what) {
      worst = std::max(worst, one.how);
      any = true;
    }
  CHECK_MESSAGE(any, "nothing about " << what);
  return worst;
}

inline bool tells_of(const http::doctor::findings& all, const std::string& what) {
  return std::ranges::any_of(all, [&](const auto& one) { return one.what == what; });
}

/// Whether everything is fine; names what is not.
inline bool all_fine(const http::doctor::findings& all) {
  for (const auto& one : all)
    CHECK_MESSAGE(one.how == http::doctor::level::ok, one.what << ": " << one.found);
  return !all.empty();
}

} // namespace tinybook::test
