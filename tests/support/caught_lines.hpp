#pragma once

#include "actors/system/event_log.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::test {

/// What actors write into the log while it lives: `event name=value …`, without the empty
/// values, which the log leaves out, too.
struct caught_lines {
  std::vector<std::string> lines;

  caught_lines() {
    set_log_target([this](config::log_level, std::string_view event,
                          std::span<const log_text> texts) {
      lines.emplace_back(event);
      for (const auto& t : texts)
        if (!t.value.empty())
          lines.back() += ' ' + std::string{t.name} + '=' + std::string{t.value};
    });
  }
  ~caught_lines() { set_log_target(nullptr); }
  caught_lines(const caught_lines&) = delete;
  caught_lines& operator=(const caught_lines&) = delete;

  /// Those of one event, which are taken away.
  std::vector<std::string> take(std::string_view event) {
    const auto is_of_it = [&](const std::string& line) {
      return line.substr(0, line.find(' ')) == event;
    };
    std::vector<std::string> out;
    std::ranges::copy_if(lines, std::back_inserter(out), is_of_it);
    std::erase_if(lines, is_of_it);
    return out;
  }
};

} // namespace tinybook::test
