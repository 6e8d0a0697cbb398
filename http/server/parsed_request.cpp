#include "http/server/parsed_request.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace tinybook::http {

namespace {

/// Headers in which the library itself passes addresses on; those of a client are
/// dropped.
bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 4> reserved = {"REMOTE_ADDR", "REMOTE_PORT",
                                                        "LOCAL_ADDR", "LOCAL_PORT"};
  return std::ranges::any_of(
      reserved, [name](std::string_view one) { return equal_ignoring_case(one, name); });
}

} // namespace

httplib::Request known_request(const connection& from) {
  httplib::Request request;
  const auto& head = from.scanner().head();
  const auto* base = from.request_bytes();
  request.method = head.method.in(base);
  request.target = head.target.in(base);
  request.path = head.path(base);
  request.remote_addr = from.remote.address;
  request.remote_port = from.remote.port;
  for (const auto& [name, value] : head.headers)
    if (const auto key = name.in(base); !is_reserved(key))
      request.headers.emplace(std::string{key}, std::string{value.in(base)});
  return request;
}

httplib::Request whole_request(const connection& from) {
  auto request = known_request(from);
  if (from.scanner().head().is_http_1_0())
    request.version = "HTTP/1.0";
  const std::string_view target = origin_form(request.target);
  if (const auto mark = target.find('?'); mark != std::string_view::npos)
    httplib::detail::parse_query_text(std::string{target.substr(mark + 1)},
                                      request.params);
  request.path = httplib::detail::decode_url(request.path, false);
  request.body = from.body();
  return request;
}

} // namespace tinybook::http
