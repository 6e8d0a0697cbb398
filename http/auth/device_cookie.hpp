#pragma once

#include "actors/sessions/token_codec.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// What `tb_device` tells of one account that the browser is known to.
struct known_device {
  token_claims claims;
  std::string_view token;
};

/// People share browsers: of so many accounts that logged in last one stays known.
inline constexpr std::size_t max_known_accounts = 4;

/// Reads the values of the cookies `tb_device`: a device token an account, the newest
/// first, each account once. Leaves out what is not valid, which means an unknown
/// browser and is no error.
[[nodiscard]] std::vector<known_device>
read_devices(const token_codec& tokens, std::span<const std::string_view> values,
             std::chrono::sys_seconds now);

/// The value of the cookie with `token` in front of those that were shown, but for one of
/// the same account.
[[nodiscard]] std::string add_device(const token_codec& tokens, std::string_view token,
                                     std::span<const known_device> shown,
                                     std::chrono::sys_seconds now);

} // namespace tinybook::http
