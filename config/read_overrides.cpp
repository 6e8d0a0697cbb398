#include "config/draft.hpp"
#include "config/key_check.hpp"
#include "config/key_table.hpp"
#include "config/suggestion.hpp"
#include "config/toml_value.hpp"

#include <algorithm>

namespace tinybook::config {

namespace {

constexpr std::string_view variable_prefix = "TINYBOOK_";

std::vector<std::string> names_of_keys(std::string (*name)(const key&)) {
  std::vector<std::string> names;
  for (const auto& s : sections())
    for (const auto& k : s.keys)
      names.push_back(name(k));
  return names;
}

const key* find_variable(std::string_view name) {
  for (const auto& s : sections())
    for (const auto& k : s.keys)
      if (environment_name(k) == name)
        return &k;
  return nullptr;
}

const retired_key* find_retired_variable(std::string_view name) {
  for (const auto& k : retired_keys())
    if (environment_name(k.name) == name)
      return &k;
  return nullptr;
}

/// Kubernetes sets `TINYBOOK_SERVICE_HOST`, `TINYBOOK_WEB_PORT=tcp://…`,
/// `TINYBOOK_PORT_8081_TCP_ADDR` and the like for each service whose name starts with
/// tinybook.
bool set_by_kubernetes(std::string_view name, std::string_view content) {
  const auto holds = [name](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
  if (name.ends_with("_SERVICE_HOST") || holds("_SERVICE_PORT"))
    return true;
  if (!content.starts_with("tcp://") && !content.starts_with("udp://"))
    return holds("_TCP_") || holds("_UDP_");
  return name.ends_with("_PORT") || name.ends_with("_TCP") || name.ends_with("_UDP");
}

/// A list may also be written as TOML, as `--print-config` shows it.
std::optional<value> override_from(const key& k, std::string_view text) {
  return k.type == value_type::texts && text.starts_with('[') ? value_from_toml(k, text)
                                                              : from_text(k, text);
}

/// An empty one tells nothing, nor does a URL without a password or a query.
bool tells_secret(const key& k, std::string_view text) {
  return k.rule.secret_in != nullptr ? k.rule.secret_in(text)
                                     : k.secret && !text.empty() && text != "[]";
}

std::string elsewhere(const key& secret) {
  const auto* file = find_file_key(secret);
  return "set " + (file == nullptr ? std::string{} : std::string{file->name} + " or ")
         + "the variable " + environment_name(secret);
}

/// Nothing if `name` is not in an array.
const table_array* array_of_name(std::string_view name) {
  for (const auto& array : table_arrays())
    if (name.starts_with(array.name))
      return &array;
  return nullptr;
}

bool is_a_secret_env(const settings& values, std::string_view name) {
  return std::ranges::any_of(values.sms.providers,
                             [name](const auto& p) { return p.secret_env == name; });
}

} // namespace

void read_environment(const variables& environment, draft& into) {
  for (const auto& [name, content] : environment) {
    if (!name.starts_with(variable_prefix) || set_by_kubernetes(name, content)
        || is_a_secret_env(into.values(), name))
      continue;
    const origin from{"environment " + name, 0};
    if (const auto* k = find_variable(name)) {
      into.assign(*k, 0, std::string{k->name}, override_from(*k, content), quote(content),
                  from);
    } else if (const auto* retired = find_retired_variable(name)) {
      into.warn(*retired, from);
    } else {
      const auto names = names_of_keys(environment_name);
      into.fail({"environment", 0}, name, "unknown variable" + did_you_mean(name, names));
    }
  }
}

void read_assignments(const std::vector<std::string>& assignments, draft& into) {
  const origin from{"--set", 0};
  for (const auto& assignment : assignments) {
    const auto equals = assignment.find('=');
    const auto name = assignment.substr(0, equals);
    const auto* k = find_key(name);
    const auto* retired = find_retired_key(name);
    if (const auto* array = array_of_name(name)) {
      into.fail(from, name,
                "is set in the file, in [[" + std::string{array->name} + "]]");
    } else if (k == nullptr && retired == nullptr) {
      const auto names =
          names_of_keys([](const key& each) { return std::string{each.name}; });
      into.fail(from, name, "unknown key" + did_you_mean(name, names));
    } else if (equals == std::string::npos) {
      into.fail(from, name, "has no value; write --set " + name + "=VALUE");
    } else if (retired != nullptr) {
      into.warn(*retired, from);
    } else if (const auto text = std::string_view{assignment}.substr(equals + 1);
               tells_secret(*k, text)) {
      into.fail(from, name,
                (k->secret ? "is a secret, which" : "may hold a secret, which")
                    + std::string{" the list of processes would show; "} + elsewhere(*k));
    } else {
      into.assign(*k, 0, name, override_from(*k, text), quote(text), from);
    }
  }
}

} // namespace tinybook::config
