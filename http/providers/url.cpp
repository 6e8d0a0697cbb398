#include "http/providers/url.hpp"

#include "config/url.hpp"

namespace tinybook::http {

result<split_url> split(std::string_view url) {
  const auto parts = config::split_url(url);
  if (!parts)
    return failure{errc::internal,
                   "a provider's url is an http or https one in printable "
                   "ASCII, without user, password and fragment"};
  std::string target{parts->target};
  if (target.empty() || target.front() == '?')
    target.insert(target.begin(), '/');
  return split_url{std::string{url.substr(0, url.size() - parts->target.size())},
                   std::move(target)};
}

} // namespace tinybook::http
