#pragma once

#include <string>
#include <string_view>

namespace tinybook {

/// What codes are for. Purposes are independent: each has its own cooldown, tries and
/// codes.
inline constexpr std::string_view purpose_login = "login";
inline constexpr std::string_view purpose_bind_phone = "bind_phone";
inline constexpr std::string_view purpose_reset_password = "reset_password";
inline constexpr std::string_view purpose_step_up = "step_up";
/// No code: a number is told that another one has taken its place.
inline constexpr std::string_view purpose_notice = "notice";

/// The template of a purpose's message (see `render_message`).
[[nodiscard]] inline std::string template_of(std::string_view purpose) {
  if (purpose == purpose_bind_phone)
    return "bind_code";
  if (purpose == purpose_reset_password)
    return "reset_code";
  if (purpose == purpose_notice)
    return "notice";
  return std::string{purpose} + "_code";
}

} // namespace tinybook
