#include "http/auth/device_cookie.hpp"

#include "http/auth/cookies.hpp"
#include "http/text_tools.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace tinybook::http {

std::vector<known_device> read_devices(const token_codec& tokens,
                                       std::span<const std::string_view> values,
                                       std::chrono::sys_seconds now) {
  // Of one second the first that is shown comes first.
  std::multimap<std::chrono::sys_seconds, known_device, std::greater<>> found;
  for (auto value : values)
    for (std::size_t i = 0; i < max_known_accounts && !value.empty(); ++i) {
      const auto token = take_until(value, between_tokens);
      if (auto claims = tokens.verify(token, token_kind::device, now)) {
        const auto given = claims->issued_at;
        found.emplace(given, known_device{std::move(*claims), token});
      }
    }
  std::vector<known_device> out;
  for (auto& [given, one] : found) {
    const auto same = [&](const known_device& other) {
      return other.claims.user_id == one.claims.user_id;
    };
    if (out.size() < max_known_accounts && std::ranges::none_of(out, same))
      out.push_back(std::move(one));
  }
  return out;
}

std::string add_device(const token_codec& tokens, std::string_view token,
                       std::span<const known_device> shown,
                       std::chrono::sys_seconds now) {
  const auto added = tokens.verify(token, token_kind::device, now);
  std::string value{token};
  std::size_t accounts = 1;
  for (const auto& one : shown) {
    if (added && one.claims.user_id == added->user_id)
      continue;
    if (++accounts > max_known_accounts)
      break;
    value += between_tokens;
    value += one.token;
  }
  return value;
}

} // namespace tinybook::http
