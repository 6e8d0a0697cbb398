#include "http/api/language.hpp"

#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

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

} // namespace

std::string_view code_of(language lang) {
  return lang == language::zh ? "zh-CN" : "en";
}

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
