#pragma once

#include <httplib.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Which pages of other origins may call the API, with credentials (Fetch standard).
/// Another origin is not refused, for that is the browser's part: it just gets no leave.
class cors_policy {
 public:
  /// `origins` are exact: `scheme://host[:port]`.
  explicit cors_policy(std::span<const std::string> origins)
      : origins_(origins.begin(), origins.end()) {}

  [[nodiscard]] bool allows(std::string_view origin) const;

  /// Adds what lets a page of `origin` (empty = none) read the answer, token headers
  /// included.
  void decorate(std::string_view origin, httplib::Headers& headers) const;

  /// Whether an OPTIONS request is a browser's question before the real request.
  [[nodiscard]] static bool is_preflight(const httplib::Request& request);

  /// Adds the answer to that question.
  void answer_preflight(std::string_view origin, httplib::Headers& headers) const;

 private:
  std::vector<std::string> origins_;
};

} // namespace tinybook::http
