#include "actors/system/event_log.hpp"
#include "actors/system/presence.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace tinybook {

namespace {

struct caught_lines {
  std::vector<std::string> lines;

  caught_lines() {
    set_log_target([this](config::log_level, std::string_view event,
                          std::span<const log_text> texts) {
      lines.emplace_back(event);
      for (const auto& t : texts)
        lines.back() += ' ' + std::string{t.name} + '=' + std::string{t.value};
    });
  }
  ~caught_lines() { set_log_target(nullptr); }
  caught_lines(const caught_lines&) = delete;
  caught_lines& operator=(const caught_lines&) = delete;
};

} // namespace

TEST_CASE("a back end that goes and comes back is told once each, and named meanwhile") {
  caught_lines log;
  auto meter = std::make_shared<actor_meter>("bus", "test", "");
  presence kafka{meter, "kafka"};
  CHECK(std::string{meter->missing.load()} == "kafka"); // Not found yet.
  kafka.found();
  CHECK(log.lines.empty());
  CHECK(meter->missing == nullptr);
  kafka.lost("gone");
  kafka.lost("still gone");
  CHECK(std::string{meter->missing.load()} == "kafka");
  kafka.found();
  kafka.found();
  CHECK(log.lines
        == std::vector<std::string>{"back_end_lost back_end=kafka actor=bus why=gone",
                                    "back_end_found back_end=kafka actor=bus"});
}

} // namespace tinybook
