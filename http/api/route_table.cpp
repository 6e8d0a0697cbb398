#include "http/api/route_table.hpp"

#include "http/text_tools.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace tinybook::http {

struct route_table::node {
  std::vector<std::pair<std::string_view, std::unique_ptr<node>>> fixed;
  std::unique_ptr<node> parameter;
  std::vector<const route*> routes;

  [[nodiscard]] const node* child(std::string_view segment) const {
    for (const auto& [name, next] : fixed)
      if (name == segment)
        return next.get();
    return nullptr;
  }

  node& make(std::string_view segment) {
    if (segment.starts_with(':')) {
      if (!parameter)
        parameter = std::make_unique<node>();
      return *parameter;
    }
    for (auto& [name, next] : fixed)
      if (name == segment)
        return *next;
    return *fixed.emplace_back(segment, std::make_unique<node>()).second;
  }
};

namespace {

[[noreturn]] void refuse(const route& bad, const char* why) {
  std::fprintf(stderr, "route %.*s: %s\n", static_cast<int>(bad.path.size()),
               bad.path.data(), why);
  std::abort();
}

bool takes(const route& one, std::string_view method) {
  return one.method == method || (method == "HEAD" && one.method == "GET" && !one.acts);
}

/// Whether the parameters fit any route there: ids must be numbers.
bool parameters_fit(const std::vector<const route*>& routes, const route_match& match) {
  return std::ranges::any_of(routes, [&](const route* one) {
    for (std::size_t i = 0; i < match.parameter_count; ++i)
      if (one->path_fields.at(i).type == field_type::integer
          && !std::ranges::all_of(match.parameters.at(i),
                                  [](char c) { return c >= '0' && c <= '9'; }))
        return false;
    return true;
  });
}

} // namespace

route_table::route_table(std::vector<route> routes)
    : routes_(std::move(routes)), root_(std::make_unique<node>()) {
  for (const auto& one : routes_)
    add(one);
}

route_table::~route_table() = default;

void route_table::add(const route& added) {
  if (!added.path.starts_with('/') || added.handle == nullptr)
    refuse(added, "must start with a slash and have a handler");
  std::size_t parameters = 0;
  auto* at = root_.get();
  for (auto rest = added.path.substr(1); !rest.empty();) {
    auto segment = take_until(rest, '/');
    parameters += segment.starts_with(':') ? 1U : 0U;
    at = &at->make(segment);
  }
  if (parameters != added.path_fields.size() || parameters > route_match::max_parameters)
    refuse(added, "parameters and their fields differ");
  for (const auto* other : at->routes)
    if (other->method == added.method)
      refuse(added, "is there twice");
  at->routes.push_back(&added);
}

const route_table::node* route_table::walk(std::string_view path,
                                           route_match& match) const {
  if (!path.starts_with('/'))
    return nullptr;
  const auto* at = root_.get();
  auto rest = path.substr(1);
  // A slash at the end begins one more, empty segment, which nothing matches.
  for (bool more = !rest.empty(); more;) {
    more = rest.find('/') != std::string_view::npos;
    auto segment = take_until(rest, '/');
    const auto* next = segment.find('%') == std::string_view::npos
                           ? at->child(segment)
                           : at->child(percent_decode(segment));
    if (next == nullptr && !segment.empty() && at->parameter) {
      match.parameters[match.parameter_count++] = segment;
      next = at->parameter.get();
    }
    if (next == nullptr)
      return nullptr;
    at = next;
  }
  return at->routes.empty() ? nullptr : at;
}

route_match route_table::find(std::string_view method, std::string_view path) const {
  route_match match;
  const auto* at = walk(path, match);
  match.path_known = at != nullptr;
  if (at == nullptr)
    return match;
  match.parameter_fits = parameters_fit(at->routes, match);
  for (const auto* one : at->routes)
    if (takes(*one, method))
      match.found = one;
  return match;
}

std::string route_table::allowed_methods(std::string_view path) const {
  route_match match;
  const auto* at = walk(path, match);
  if (at == nullptr)
    return {};
  std::string allowed;
  for (const auto* one : at->routes) {
    allowed += one->method;
    allowed += takes(*one, "HEAD") ? ", HEAD, " : ", ";
  }
  return allowed + "OPTIONS";
}

bool route_table::is_of_page(std::string_view path) const {
  route_match match;
  const auto* at = walk(path, match);
  return at != nullptr && at->routes.front()->face == route_face::page;
}

} // namespace tinybook::http
