#include "config/loader.hpp"

#include "config/draft.hpp"

#include <algorithm>
#include <map>
#include <ranges>

namespace tinybook::config {

std::string config_error::text() const {
  std::string text = where;
  if (line != 0)
    text += ":" + std::to_string(line);
  if (!text.empty())
    text += ": ";
  if (!key.empty())
    text += key + ": ";
  return text + message;
}

load_result load(const sources& from) {
  draft all;
  if (from.file)
    read_file(*from.file, all);
  read_environment(from.environment, all);
  read_assignments(from.assignments, all);
  resolve_secrets(from.environment, all);
  check_together(all);
  note_risks(all);
  auto result = std::move(all).take();
  // In the order of the file's lines; errors of other sources come last.
  std::multimap<std::pair<bool, std::size_t>, config_error> by_line;
  for (auto& e : result.errors)
    by_line.emplace(std::pair{e.line == 0, e.line}, std::move(e));
  std::ranges::move(by_line | std::views::values, result.errors.begin());
  return result;
}

variables environment_variables(const char* const* environ_block) {
  variables found;
  for (const auto* entry = environ_block; entry != nullptr && *entry != nullptr;
       ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      found.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

} // namespace tinybook::config
