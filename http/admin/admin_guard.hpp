#pragma once

#include "config/settings.hpp"
#include "http/api/request_context.hpp"
#include "storage/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Who may talk to the admin listener (F1). `Host` must name this machine, so that no
/// page can reach it through a name of its own (DNS rebinding); `Origin`, where there is
/// one, must be that same host. Actions always need the token; reading does where it
/// listens elsewhere than on loopback. The two health paths are open: probes send what
/// they like.
class admin_guard {
 public:
  admin_guard(const config::admin_settings& settings, std::string token);

  /// Fails with `origin_refused`, `login_required`, `token_invalid`.
  [[nodiscard]] result<done> operator()(const request_context& request) const;

 private:
  [[nodiscard]] bool is_own_host(std::string_view host) const;
  [[nodiscard]] result<done> check_token(const request_context& request) const;

  std::vector<std::string> hosts_;
  std::string token_;
  bool any_address_ = false;
  bool needs_token_ = false;
};

/// `Host` without its port, in lower case; an IPv6 address without brackets.
[[nodiscard]] std::string host_name_of(std::string_view host);

} // namespace tinybook::http
