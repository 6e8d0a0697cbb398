#include "http/api/request_context.hpp"

#include "http/auth/cookies.hpp"
#include "http/text_tools.hpp"

namespace tinybook::http {

std::string_view header_of(const httplib::Request& request, const char* name) {
  auto at = request.headers.find(name);
  return at == request.headers.end() ? std::string_view{} : std::string_view{at->second};
}

std::vector<std::string_view> values_of(const httplib::Request& request,
                                        const char* name) {
  std::vector<std::string_view> values;
  auto [from, to] = request.headers.equal_range(name);
  for (; from != to; ++from)
    values.emplace_back(from->second);
  return values;
}

std::vector<std::string_view> cookies_of(const httplib::Request& request,
                                         std::string_view name) {
  auto [from, to] = request.headers.equal_range("Cookie");
  for (; from != to; ++from)
    if (auto values = find_cookies(from->second, name); !values.empty())
      return values;
  return {};
}

client_address request_context::client() const {
  return locator.locate(raw.remote_addr, values_of(raw, "X-Forwarded-For"));
}

bool request_context::over_tls() const {
  auto values = values_of(raw, "X-Forwarded-Proto");
  if (values.empty() || !client().through_proxy)
    return false;
  auto last = values.back();
  return trim_blanks(last.substr(last.rfind(',') + 1)) == "https";
}

} // namespace tinybook::http
