#include "config/url.hpp"

#include <algorithm>

namespace tinybook::config {

std::optional<url_parts> split_url(std::string_view url) {
  const auto colon = std::min(url.find("://"), url.size());
  const auto scheme = url.substr(0, colon);
  if ((scheme != "http" && scheme != "https") || url.find('#') != std::string_view::npos
      || std::ranges::any_of(url, [](unsigned char c) { return c <= ' ' || c >= 0x7f; }))
    return std::nullopt;
  const auto rest = url.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  const auto authority = rest.substr(0, end);
  if (authority.empty() || authority.front() == ':'
      || authority.find('@') != std::string_view::npos)
    return std::nullopt;
  return url_parts{scheme, authority, rest.substr(end)};
}

} // namespace tinybook::config
