#pragma once

#include "config/settings.hpp"
#include "http/api/request_context.hpp"
#include "storage/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Who may use the admin listener. `Host` must name this machine, so that no page can
/// reach it through a name of its own (DNS rebinding); `Origin`, where there is one, must
/// be the same host. Actions always need the token; reading needs it unless the listener
/// is on loopback. The two health paths are open, for probes send any `Host`.
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

} // namespace tinybook::http
