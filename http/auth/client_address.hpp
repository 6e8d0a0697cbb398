#pragma once

#include "config/ip_address.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Whom a request comes from.
struct client_address {
  std::string text;           ///< For the log.
  std::string limit_key;      ///< What rate limits count by.
  bool through_proxy = false; ///< The peer of the socket is a trusted proxy.

  /// What is kept and shown of it (`ip_address::network`); empty = no address. Computed
  /// at each call: few requests need it.
  [[nodiscard]] std::string network() const;
};

/// Finds the client behind trusted proxies. Pure.
class client_locator {
 public:
  /// Blocks that cannot be parsed are left out; the configuration has refused them.
  explicit client_locator(std::span<const std::string> trusted_proxies);

  /// The right-most hop that is no trusted proxy, starting with the `peer` itself.
  /// `forwarded_for` are the values of X-Forwarded-For in the order of the request. A hop
  /// that is no address ends the search at the proxy that reported it: what it says of
  /// earlier hops proves nothing. With trusted hops only, the left-most is the client.
  [[nodiscard]] client_address
  locate(std::string_view peer, std::span<const std::string_view> forwarded_for) const;

  [[nodiscard]] bool trusts(const ip_address& address) const;

 private:
  std::vector<ip_block> trusted_;
};

} // namespace tinybook::http
