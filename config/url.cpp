#include "config/url.hpp"

#include <algorithm>

namespace tinybook::config {

std::string_view authority_of(std::string_view url) {
  constexpr std::string_view mark = "://";
  const auto colon = url.find(mark);
  const auto rest =
      colon == std::string_view::npos ? url : url.substr(colon + mark.size());
  return rest.substr(0, rest.find_first_of("/?#"));
}

std::optional<url_parts> split_url(std::string_view url) {
  const auto colon = std::min(url.find("://"), url.size());
  const auto scheme = url.substr(0, colon);
  if ((scheme != "http" && scheme != "https") || url.find('#') != std::string_view::npos
      || std::ranges::any_of(url, [](unsigned char c) { return c <= ' ' || c >= 0x7f; }))
    return std::nullopt;
  const auto authority = authority_of(url);
  if (authority.empty() || authority.front() == ':'
      || authority.find('@') != std::string_view::npos)
    return std::nullopt;
  return url_parts{scheme, authority, url.substr(colon + 3 + authority.size())};
}

} // namespace tinybook::config
