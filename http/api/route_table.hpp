#pragma once

#include "http/api/route.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// What a path and a method lead to.
struct route_match {
  static constexpr std::size_t max_parameters = 4;

  const route* found = nullptr;
  bool path_known = false;    ///< True and nothing `found`: it has other methods only.
  bool parameter_fits = true; ///< False: the id in a known path is no number.
  std::array<std::string_view, max_parameters> parameters{}; ///< Raw, in order.
  std::size_t parameter_count = 0;
};

/// Finds routes segment by segment: no regular expression, no backtracking, no allocation
/// for paths without a percent sign. A fixed segment wins over a parameter. Immutable.
class route_table {
 public:
  /// Aborts the process on a table that contradicts itself, which is a bug.
  explicit route_table(std::vector<route> routes);
  ~route_table();
  route_table(const route_table&) = delete;
  route_table& operator=(const route_table&) = delete;

  /// `path` as sent, without the query. HEAD finds the route of GET.
  [[nodiscard]] route_match find(std::string_view method, std::string_view path) const;

  /// The `Allow` of a path: `GET, HEAD, OPTIONS`; empty for one that does not exist.
  [[nodiscard]] std::string allowed_methods(std::string_view path) const;

  /// Whether `path` is that of a page, whatever the method.
  [[nodiscard]] bool is_of_page(std::string_view path) const;

  [[nodiscard]] const std::vector<route>& all() const { return routes_; }

 private:
  struct node;

  void add(const route& added);
  [[nodiscard]] const node* walk(std::string_view path, route_match& match) const;

  std::vector<route> routes_;
  std::unique_ptr<node> root_;
};

} // namespace tinybook::http
