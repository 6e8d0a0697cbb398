#pragma once

#include <httplib.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Which pages of other origins may call the API, with credentials (Fetch standard).
/// Of others a POST is refused (`check_origin`); a GET is served, too: it is the browser
/// that keeps the answer from a page whose origin is not named in the headers.
class cors_policy {
 public:
  /// `origins` are exact: `scheme://host[:port]`.
  explicit cors_policy(std::span<const std::string> origins)
      : origins_(origins.begin(), origins.end()) {}

  [[nodiscard]] bool allows(std::string_view origin) const;

  /// Adds the headers that let a page of `origin` (empty = none) read the answer and its
  /// token headers.
  void decorate(std::string_view origin, httplib::Headers& headers) const;

  /// Whether a browser asks by OPTIONS before it sends the real request.
  [[nodiscard]] static bool is_preflight(const httplib::Request& request);

  /// Adds the answer to a preflight.
  void answer_preflight(std::string_view origin, httplib::Headers& headers) const;

 private:
  std::vector<std::string> origins_;
};

} // namespace tinybook::http
