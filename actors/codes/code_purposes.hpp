#pragma once

#include <string>
#include <string_view>

namespace tinybook {

/// What codes are good for. Purposes are apart: cooldown, tries and codes of one say
/// nothing about another.
inline constexpr std::string_view purpose_login = "login";
inline constexpr std::string_view purpose_bind_phone = "bind_phone";
inline constexpr std::string_view purpose_reset_password = "reset_password";

/// The template of a purpose's message (actors/sms/message_text.hpp).
[[nodiscard]] inline std::string template_of(std::string_view purpose) {
  if (purpose == purpose_bind_phone)
    return "bind_code";
  if (purpose == purpose_reset_password)
    return "reset_code";
  return std::string{purpose} + "_code";
}

} // namespace tinybook
