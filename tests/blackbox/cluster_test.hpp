#pragma once

#include "tests/blackbox/at_once.hpp"
#include "tests/blackbox/cluster_world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <poll.h>

namespace tinybook::test {

using namespace std::chrono_literals;

/// One cluster for all cases of a file, with two replicas that are ready.
inline cluster_world& shared_cluster() {
  static cluster_world world;
  for (std::size_t i = 0; i < 2; ++i)
    if (!world.runs(i))
      world.start(i);
  REQUIRE(world.ready());
  return world;
}

/// Waits until `holds`; false if that takes longer than `bound`.
template <class Condition>
[[nodiscard]] bool becomes(std::chrono::milliseconds bound, Condition holds) {
  auto until = std::chrono::steady_clock::now() + bound;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    ::poll(nullptr, 0, 20);
  }
  return true;
}

/// The board of all time on replica `i`: likes by article.
[[nodiscard]] inline std::map<std::int64_t, std::int64_t> board_of(cluster_world& w,
                                                                   std::size_t i) {
  std::map<std::int64_t, std::int64_t> out;
  auto items = w.browser(i)
                   .get("/articles/rank/100")
                   .data()
                   .value("items", nlohmann::json::array());
  for (const auto& row : items)
    out[row["id"].get<std::int64_t>()] = row["likeCnt"].get<std::int64_t>();
  return out;
}

} // namespace tinybook::test
