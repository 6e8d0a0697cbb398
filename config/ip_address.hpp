#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// An IPv4 or IPv6 address as 128 bits. IPv4 is kept in its mapped form
/// (`::ffff:a.b.c.d`), so that a client has one address either way.
class ip_address {
 public:
  /// `1.2.3.4`, `2001:db8::1`, with or without brackets, port or zone as proxies write
  /// them (`1.2.3.4:80`, `[2001:db8::1]:80`, `fe80::1%eth0`).
  [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);
  /// The address and nothing else.
  [[nodiscard]] static std::optional<ip_address> parse_bare(std::string_view text);

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] std::string text() const;

  /// What limits count by: an IPv4 address, or the /64 of an IPv6 address, since a client
  /// may use any address in it.
  [[nodiscard]] std::string limit_key() const;

  /// What is kept of where somebody was: the /24 of an IPv4 address, the /48 of an IPv6
  /// address, as `192.0.2.0/24`.
  [[nodiscard]] std::string network() const;

  /// The networks that it is in, written so: for IPv4 alone …
  [[nodiscard]] std::string within_24() const;
  /// … and for IPv6 alone.
  [[nodiscard]] std::string within_56() const;
  [[nodiscard]] std::string within_48() const;

  /// Whether the first `bits` of both agree.
  [[nodiscard]] bool shares_prefix(const ip_address& other, unsigned bits) const;

  bool operator==(const ip_address&) const = default;

 private:
  /// Its first `bytes`, the rest zero.
  [[nodiscard]] std::string masked(std::size_t bytes) const;

  std::array<std::uint8_t, 16> bytes_{};
};

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
class ip_block {
 public:
  [[nodiscard]] static std::optional<ip_block> parse(std::string_view text);
  [[nodiscard]] bool holds(const ip_address& address) const {
    return address.shares_prefix(first_, bits_);
  }

 private:
  ip_address first_;
  unsigned bits_ = 128;
};

} // namespace tinybook
