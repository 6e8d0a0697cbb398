#include "http/admin/admin_guard.hpp"

#include "config/ip_address.hpp"
#include "http/auth/session_checker.hpp"
#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/text.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

/// `Host` without its port, in lower case; an IPv6 address without brackets.
std::string host_name_of(std::string_view host) {
  if (host.starts_with('[')) {
    auto end = host.find(']');
    return end == std::string_view::npos ? "" : lower_ascii(host.substr(1, end - 1));
  }
  return lower_ascii(host.substr(0, host.find(':')));
}

} // namespace

admin_guard::admin_guard(const config::admin_settings& settings, std::string_view token)
    : hosts_{"localhost", "127.0.0.1", "::1"}, tokens_(settings.tokens, token) {
  hosts_.push_back(lower_ascii(settings.address));
  for (const auto& name : settings.allowed_hosts)
    hosts_.push_back(lower_ascii(name));
  auto address = ip_address::parse(settings.address);
  needs_token_ = !address || !address->is_loopback();
  any_address_ = settings.address == "0.0.0.0" || settings.address == "::";
}

bool admin_guard::is_own_host(std::string_view host) const {
  auto name = host_name_of(host);
  if (std::ranges::find(hosts_, name) != hosts_.end())
    return true;
  // On all interfaces any numeric address may be ours, and none can be rebound by DNS.
  return any_address_ && ip_address::parse(name).has_value();
}

result<done> admin_guard::check_token(request_context& request) const {
  const auto level = request.matched->level;
  if (!needs_token_ && level == config::admin_level::read)
    return done{};
  auto shown = read_bearer(header_of(request.raw, "Authorization"));
  const auto* who =
      shown.what == bearer::kind::token ? tokens_.find(shown.token) : nullptr;
  if (who == nullptr)
    return errc::admin_token_needed;
  request.operator_name = who->name;
  if (who->level < level)
    return errc::admin_level_needed;
  return done{};
}

result<done> admin_guard::operator()(request_context& request) const {
  if (request.matched->auth != auth_need::admin)
    return done{};
  auto host = header_of(request.raw, "Host");
  if (!is_own_host(host))
    return failure{errc::origin_refused, "foreign Host"};
  if (request.raw.has_header("Origin")
      && !is_origin_of(header_of(request.raw, "Origin"), host))
    return failure{errc::origin_refused, "foreign Origin"};
  return check_token(request);
}

} // namespace tinybook::http
