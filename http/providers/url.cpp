#include "http/providers/url.hpp"

#include <algorithm>

namespace tinybook::http {

result<split_url> split(std::string_view url) {
  const auto scheme = url.find("://");
  const auto name = url.substr(0, scheme == url.npos ? 0 : scheme);
  if (name != "http" && name != "https")
    return failure{errc::internal, "a provider's url starts with http:// or https://"};
  if (url.find('#') != url.npos)
    return failure{errc::internal, "a provider's url has no fragment"};
  if (std::ranges::any_of(url, [](unsigned char c) { return c <= ' ' || c >= 0x7f; }))
    return failure{errc::internal, "a provider's url is printable ASCII without spaces"};
  const auto host = scheme + 3;
  const auto end = std::min(url.find_first_of("/?", host), url.size());
  const auto authority = url.substr(host, end - host);
  if (authority.empty() || authority.front() == ':')
    return failure{errc::internal, "a provider's url names a host"};
  if (authority.find('@') != authority.npos)
    return failure{errc::internal, "a provider's url holds no user and password"};
  std::string target{url.substr(end)};
  if (target.empty() || target.front() == '?')
    target.insert(target.begin(), '/');
  return split_url{std::string{url.substr(0, end)}, std::move(target)};
}

} // namespace tinybook::http
