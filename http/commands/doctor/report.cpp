#include "http/commands/doctor/report.hpp"

#include "config/version.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tinybook::http::doctor {

namespace {

constexpr std::array<std::string_view, 4> level_names{"ok", "note", "warning", "error"};
constexpr std::array<std::string_view, 11> groups{
    "configuration", "files", "keys",  "limits", "ports",    "clock",
    "postgres",      "redis", "kafka", "abuse",  "providers"};
constexpr std::size_t level_width = 9;
constexpr std::size_t name_width = 22;
/// Shorter ones would be found by chance, as parts of words.
constexpr std::size_t shortest_secret = 4;

std::string_view name_of(level how) {
  return level_names.at(static_cast<std::size_t>(how));
}

level worst_of(const findings& all) {
  const auto worst = std::ranges::max_element(all, {}, &finding::how);
  return worst == all.end() ? level::ok : worst->how;
}

std::string_view group_of(const finding& one) {
  return std::string_view{one.what}.substr(0, one.what.find('.'));
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out{text};
  out.resize(std::max(width, text.size() + 1), ' ');
  return out;
}

std::size_t count(const findings& all, level how) {
  return static_cast<std::size_t>(std::ranges::count(all, how, &finding::how));
}

/// What stands between the first `:` and the last `@` of a URL, as it is written there.
std::string password_in(const std::string& url) {
  const auto begin = url.find("://");
  const auto end = url.rfind('@');
  if (begin == std::string::npos || end == std::string::npos)
    return {};
  const auto colon = url.find(':', begin + 3);
  return colon < end ? url.substr(colon + 1, end - colon - 1) : std::string{};
}

std::vector<std::string> secrets_of(const config::settings& s) {
  std::vector<std::string> out{s.postgres.password, password_in(s.postgres.url),
                               s.redis.password, s.abuse.webhook_key};
  for (const auto& provider : s.sms.providers)
    out.insert(out.end(), {provider.secret, provider.receipt_secret});
  out.insert(out.end(), s.codes.test_numbers.begin(), s.codes.test_numbers.end());
  std::erase_if(out, [](const std::string& one) { return one.size() < shortest_secret; });
  return out;
}

void hide(const std::vector<std::string>& secrets, std::string& text) {
  for (const auto& secret : secrets)
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret))
      text.replace(at, secret.size(), "***");
}

} // namespace

void hide_secrets(const config::settings& of, findings& in) {
  const auto secrets = secrets_of(of);
  // What is to be done is ours to say, and a password may be a word of it.
  for (auto& one : in)
    hide(secrets, one.found);
}

findings arranged(findings all) {
  findings out;
  for (const auto group : groups)
    for (auto& one : all)
      if (group_of(one) == group)
        out.push_back(std::move(one));
  return out;
}

std::string text_of(const findings& all) {
  std::string out;
  std::string_view group;
  for (const auto& one : all) {
    if (group_of(one) != group) {
      group = group_of(one);
      out += std::string{group} + '\n';
    }
    const auto name = std::string_view{one.what}.substr(group.size() + 1);
    out += "  " + padded(name_of(one.how), level_width) + padded(name, name_width)
           + one.found + '\n';
    if (!one.to_do.empty())
      out += std::string(2 + level_width, ' ') + "-> " + one.to_do + '\n';
  }
  const auto told = [&](level how, std::string_view one, std::string_view more) {
    const auto n = count(all, how);
    return std::to_string(n) + ' ' + std::string{n == 1 ? one : more};
  };
  return out + '\n' + told(level::error, "error", "errors") + ", "
         + told(level::warning, "warning", "warnings") + ", "
         + told(level::note, "note", "notes") + ", "
         + std::to_string(count(all, level::ok)) + " ok\n";
}

std::string json_of(const findings& all) {
  using nlohmann::ordered_json;
  ordered_json counts;
  for (const auto how : {level::ok, level::note, level::warning, level::error})
    counts[std::string{name_of(how)}] = count(all, how);
  auto listed = ordered_json::array();
  for (const auto& one : all)
    listed.push_back({{"level", name_of(one.how)},
                      {"what", one.what},
                      {"found", one.found},
                      {"todo", one.to_do}});
  const ordered_json document{{"version", version},
                              {"worst", name_of(worst_of(all))},
                              {"counts", counts},
                              {"findings", listed}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

config::exit_code exit_code_of(const findings& all) {
  switch (worst_of(all)) {
  case level::error:
    return config::exit_code::failed;
  case level::warning:
    return config::exit_code::warned;
  case level::ok:
  case level::note:
    break;
  }
  return config::exit_code::ok;
}

} // namespace tinybook::http::doctor
