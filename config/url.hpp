#pragma once

#include <optional>
#include <string_view>

namespace tinybook::config {

/// An http or https URL in its parts, which refer to its text.
struct url_parts {
  std::string_view scheme;    ///< `http` or `https`
  std::string_view authority; ///< `host:8443`; the host is not empty
  std::string_view target;    ///< `/path?query`; may be empty or begin with `?`
};

/// What stands between scheme and path, and may begin with a user and a password.
[[nodiscard]] std::string_view authority_of(std::string_view url);

/// Nothing for any other scheme, a missing host, user info or a fragment (neither is ever
/// sent), and for what is not printable ASCII without spaces.
[[nodiscard]] std::optional<url_parts> split_url(std::string_view url);

} // namespace tinybook::config
