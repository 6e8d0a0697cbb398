#pragma once

#include "config/settings.hpp"
#include "http/admin/admin_tokens.hpp"
#include "http/api/request_context.hpp"
#include "storage/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Who may use the admin listener. `Host` must name this machine, so that no page can
/// reach it through a name of its own (DNS rebinding); `Origin`, where there is one, must
/// be the same host. What acts always needs a token of its level; reading needs one
/// unless the listener is on loopback. The two health paths are open, for probes send any
/// `Host`.
class admin_guard {
 public:
  /// `token` is that of the file admin.token.
  admin_guard(const config::admin_settings& settings, std::string_view token);

  /// Notes whose token it was. Fails with `origin_refused`, `admin_token_needed`,
  /// `admin_level_needed`.
  [[nodiscard]] result<done> operator()(request_context& request) const;

 private:
  [[nodiscard]] bool is_own_host(std::string_view host) const;
  [[nodiscard]] result<done> check_token(request_context& request) const;

  std::vector<std::string> hosts_;
  admin_tokens tokens_;
  bool any_address_ = false;
  bool needs_token_ = false;
};

} // namespace tinybook::http
