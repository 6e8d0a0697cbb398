#pragma once

#include "storage/audit_event.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// How long a request that was sent again is known (`client_info::once`).
inline constexpr std::chrono::seconds sent_again_within{60};

/// An account that a browser is known to.
struct known_account {
  user_id user = 0;
  std::int64_t epoch = 0; ///< `storage::device_epoch`, as of its log-in there.
};

/// Who asks, as the HTTP ingress found out: what the limits count by.
struct client_info {
  std::string address; ///< The limit key: an IPv4 address or an IPv6 /64.
  std::string device; ///< Id of the verified `tb_device` cookie; empty = unknown browser.
  user_id device_user = 0; ///< The account that this browser logged in to last.
  std::string
      asker; ///< Id of the verified `tb_sms` cookie; empty = it asked for no code.
  std::int64_t device_epoch = 0; ///< Of that account, as of then.
  std::string agent{};           ///< The browser in words; empty = not told.
  std::string network{};         ///< The address masked to its network.
  /// Names this request where it may be sent again (a double click, a lost answer), and
  /// is known to its sender alone. What proves who asks is then done once and answered
  /// each time, on every replica, for `sent_again_within`. Empty = not known again.
  std::string once{};
  /// Of the header `X-Verdict-Token` or a page's widget, such as what a CAPTCHA gave;
  /// for the operator's endpoint alone.
  std::string verdict_token{};
  /// What the person reads, as a tag of BCP 47 (`en`, `zh-CN`); empty = not told.
  std::string language{};
  std::vector<known_account> also_known{}; ///< To which it logged in before that.
};

/// What the audit trail tells of who asks.
[[nodiscard]] inline storage::audit_source source_of(const client_info& client) {
  return {client.network, client.agent};
}

} // namespace tinybook
