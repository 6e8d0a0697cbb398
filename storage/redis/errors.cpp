#include "storage/redis/errors.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tinybook::storage::redis {

namespace {

/// Errors that end when the server recovers or an operator intervenes.
constexpr auto passing = std::to_array<std::string_view>(
    {"LOADING", "MISCONF", "READONLY", "OOM", "BUSY", "MASTERDOWN", "NOREPLICAS",
     "TRYAGAIN", "CLUSTERDOWN"});
constexpr auto refused_log_in =
    std::to_array<std::string_view>({"NOAUTH", "WRONGPASS", "NOPERM"});

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

/// Whether the error is of this kind: by its first word, or, as Redis 6 and older do it,
/// wrapped into the script's own error.
bool is_kind(std::string_view error, std::string_view kind) {
  return first_word(error) == kind
         || error.find("-" + std::string{kind} + " ") != std::string_view::npos;
}

/// `user_script:12`, the line of the script that failed; else empty.
std::string_view place(std::string_view error) {
  constexpr std::string_view mark = "user_script:";
  auto at = error.find(mark);
  if (at == std::string_view::npos)
    return {};
  auto end = error.find_first_not_of("0123456789", at + mark.size());
  return error.substr(at, end == std::string_view::npos ? end : end - at);
}

} // namespace

bool is_unknown_script(std::string_view error) {
  return first_word(error) == "NOSCRIPT";
}

failure to_failure(std::string_view error, std::string_view what) {
  auto is = [&](std::string_view kind) {
    return is_kind(error, kind);
  };
  auto told = [&](std::string_view kind) {
    return "redis: " + std::string{what} + ": " + std::string{kind};
  };
  if (auto it = std::ranges::find_if(passing, is); it != passing.end()) {
    failure f{errc::unavailable, told(*it)};
    f.retry_after = retry_soon;
    return f;
  }
  if (auto it = std::ranges::find_if(refused_log_in, is); it != refused_log_in.end())
    return {errc::wrong_state, told(*it)};
  auto text = told(first_word(error));
  if (auto where = place(error); !where.empty())
    text += " at " + std::string{where};
  return {errc::internal, std::move(text)};
}

} // namespace tinybook::storage::redis
