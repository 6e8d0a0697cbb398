#include "http/auth/client_address.hpp"

#include "http/text_tools.hpp"

#include <algorithm>
#include <ranges>

namespace tinybook::http {

std::string client_address::network() const {
  const auto address = ip_address::parse(text);
  return address ? address->network() : std::string{};
}

client_locator::client_locator(std::span<const std::string> trusted_proxies) {
  for (const auto& text : trusted_proxies)
    if (auto block = ip_block::parse(text))
      trusted_.push_back(*block);
}

bool client_locator::trusts(const ip_address& address) const {
  return std::ranges::any_of(trusted_,
                             [&](const ip_block& block) { return block.holds(address); });
}

client_address
client_locator::locate(std::string_view peer,
                       std::span<const std::string_view> forwarded_for) const {
  auto client = ip_address::parse(peer);
  if (!client)
    return {std::string{peer}, std::string{peer}};
  bool through_proxy = trusts(*client);
  bool trusted = through_proxy;
  for (auto value : forwarded_for | std::views::reverse) {
    for (bool more = true; more && trusted;) {
      auto comma = value.rfind(',');
      more = comma != std::string_view::npos;
      auto hop = trim_blanks(more ? value.substr(comma + 1) : value);
      value = value.substr(0, more ? comma : 0);
      if (hop.empty())
        continue; // A list may have empty elements (RFC 9110, section 5.6.1).
      auto address = ip_address::parse(hop);
      trusted = address && trusts(*address);
      client = address ? address : client;
    }
    if (!trusted)
      break;
  }
  return {client->text(), client->limit_key(), through_proxy};
}

} // namespace tinybook::http
