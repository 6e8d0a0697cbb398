#include "http/api/language.hpp"

#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <charconv>

namespace tinybook::http {

namespace {

std::optional<language> language_of(std::string_view tag) {
  auto primary = lower_ascii(take_until(tag, '-'));
  if (primary == "zh")
    return language::zh;
  if (primary == "en" || primary == "*")
    return language::en;
  return std::nullopt;
}

/// `;q=0.8` and the like; 1 where there is none, 0 for nonsense.
double quality_of(std::string_view parameters) {
  while (!parameters.empty()) {
    auto one = trim_blanks(take_until(parameters, ';'));
    if (!one.starts_with("q=") && !one.starts_with("Q="))
      continue;
    double q = 0;
    auto [at, ec] = std::from_chars(one.data() + 2, one.data() + one.size(), q);
    return ec == std::errc{} && q >= 0 && q <= 1 ? q : 0;
  }
  return 1;
}

} // namespace

std::optional<language> preferred_language(std::string_view header) {
  std::optional<language> best;
  double best_quality = 0;
  while (!header.empty()) {
    auto parameters = take_until(header, ',');
    auto found = language_of(trim_blanks(take_until(parameters, ';')));
    auto quality = quality_of(parameters);
    if (found && quality > best_quality) {
      best = found;
      best_quality = quality;
    }
  }
  return best;
}

} // namespace tinybook::http
