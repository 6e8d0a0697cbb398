#include "storage/support/kill_point.hpp"

#ifdef TINYBOOK_KILL_POINTS

#include <atomic>
#include <cstdlib>
#include <signal.h>
#include <string>

namespace tinybook {

namespace {

struct wanted_kill {
  std::string label;
  std::atomic<long> passes_left{0};
};

wanted_kill& wanted() {
  static wanted_kill one;
  static const bool read = [] {
    const char* text = std::getenv("KILL_POINT_AT"); // NOLINT(concurrency-mt-unsafe)
    if (text == nullptr)
      return false;
    const std::string given{text};
    const auto colon = given.find(':');
    one.label = given.substr(0, colon);
    one.passes_left =
        colon == std::string::npos ? 1 : std::atol(given.c_str() + colon + 1);
    return true;
  }();
  static_cast<void>(read);
  return one;
}

} // namespace

void kill_point(std::string_view label) {
  auto& kill = wanted();
  if (label == kill.label && kill.passes_left.fetch_sub(1) == 1)
    ::raise(SIGKILL);
}

} // namespace tinybook

#endif
