#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::http::doctor {

/// How bad something is; the worst decides the exit code.
enum class level : std::uint8_t {
  ok,
  note,    ///< Worth knowing.
  warning, ///< Works for now, and may not some day.
  error,   ///< Does not work, or loses data.
};

/// One thing that was looked at.
struct finding {
  level how = level::ok;
  std::string what;  ///< Its lasting name, `postgres.fsync`: a group before the dot.
  std::string found; ///< No secret is in it.
  std::string to_do; ///< One sentence; empty where nothing is to be done.

  bool operator==(const finding&) const = default;
};

using findings = std::vector<finding>;

[[nodiscard]] inline finding fine(std::string what, std::string found) {
  return {level::ok, std::move(what), std::move(found), {}};
}
[[nodiscard]] inline finding note(std::string what, std::string found,
                                  std::string to_do = {}) {
  return {level::note, std::move(what), std::move(found), std::move(to_do)};
}
[[nodiscard]] inline finding warning(std::string what, std::string found,
                                     std::string to_do) {
  return {level::warning, std::move(what), std::move(found), std::move(to_do)};
}
[[nodiscard]] inline finding error(std::string what, std::string found,
                                   std::string to_do) {
  return {level::error, std::move(what), std::move(found), std::move(to_do)};
}

inline void append(findings& to, findings from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

} // namespace tinybook::http::doctor
