#include "tests/support/api_contract.hpp"

#include <algorithm>
#include <cctype>

namespace tinybook::test {

using nlohmann::json;

namespace {

/// Whether `path` is one of `/articles/rank/{n}`.
bool is_of(std::string_view path, std::string_view pattern) {
  auto next = [](std::string_view& rest) {
    const auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
    return segment;
  };
  while (!path.empty() && !pattern.empty()) {
    const auto wanted = next(pattern);
    if (const auto is = next(path); is != wanted && !wanted.starts_with('{'))
      return false;
  }
  return path.empty() && pattern.empty();
}

} // namespace

std::string api_contract::fault_of(std::string method, std::string_view target,
                                   const httplib::Response& answered) const {
  std::ranges::transform(method, method.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  const auto path = target.substr(0, target.find('?'));
  const json* operation = nullptr;
  for (const auto& [pattern, methods] : schemas_.document()["paths"].items())
    // A fixed path wins over one with a parameter.
    if (is_of(path, pattern) && methods.contains(method)
        && (operation == nullptr || path == pattern))
      operation = &methods[method];
  if (operation == nullptr)
    return {};
  const auto status = std::to_string(answered.status);
  const auto& responses = (*operation)["responses"];
  if (!responses.contains(status))
    return "a status that is not described: " + status + ' ' + answered.body;
  const auto& described = schemas_.resolved(responses[status]);
  for (const auto& [name, header] : described["headers"].items())
    if (schemas_.resolved(header)["required"] == true && !answered.has_header(name))
      return "no header " + name;
  if (!described.contains("content"))
    return {};
  if (!answered.get_header_value("Content-Type").starts_with("application/json"))
    return "another type";
  return schemas_.fault_of(json::parse(answered.body),
                           described["content"]["application/json"]["schema"]);
}

} // namespace tinybook::test
