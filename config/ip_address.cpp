#include "config/ip_address.hpp"

#include "config/parse_number.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace tinybook {

namespace {

constexpr std::size_t v4_at = 12;
constexpr unsigned v4_bits = 96;

/// The address alone, without brackets, port and zone.
std::string_view without_decoration(std::string_view text) {
  if (text.starts_with('[')) {
    auto end = text.find(']');
    text = end == std::string_view::npos ? std::string_view{} : text.substr(1, end - 1);
  } else if (auto colon = text.find(':');
             colon != std::string_view::npos
             && text.find(':', colon + 1) == std::string_view::npos) {
    text = text.substr(0, colon);
  }
  return text.substr(0, text.find('%'));
}

bool read_v4(const char* text, std::uint8_t* into) {
  in_addr address{};
  if (::inet_pton(AF_INET, text, &address) != 1)
    return false;
  std::memcpy(into, &address, sizeof address);
  return true;
}

} // namespace

std::optional<ip_address> ip_address::parse(std::string_view text) {
  return parse_bare(without_decoration(text));
}

std::optional<ip_address> ip_address::parse_bare(std::string_view text) {
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN)
    return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  std::ranges::copy(text, terminated.begin());
  ip_address read;
  if (read_v4(terminated.data(), &read.bytes_[v4_at])) {
    read.bytes_[10] = read.bytes_[11] = 0xff;
    return read;
  }
  if (::inet_pton(AF_INET6, terminated.data(), read.bytes_.data()) != 1)
    return std::nullopt;
  return read;
}

bool ip_address::is_v4() const {
  auto zeros = std::all_of(bytes_.begin(), bytes_.begin() + 10,
                           [](std::uint8_t b) { return b == 0; });
  return zeros && bytes_[10] == 0xff && bytes_[11] == 0xff;
}

bool ip_address::is_loopback() const {
  if (is_v4())
    return bytes_[v4_at] == 127;
  auto zeros = std::all_of(bytes_.begin(), bytes_.begin() + 15,
                           [](std::uint8_t b) { return b == 0; });
  return zeros && bytes_[15] == 1;
}

std::string ip_address::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4())
    ::inet_ntop(AF_INET, &bytes_[v4_at], text.data(), text.size());
  else
    ::inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

std::string ip_address::limit_key() const {
  return is_v4() ? text() : masked(8) + "/64";
}

std::string ip_address::network() const {
  return is_v4() ? within_24() : within_48();
}

std::string ip_address::within_24() const {
  return masked(v4_at + 3) + "/24";
}

std::string ip_address::within_56() const {
  return masked(7) + "/56";
}

std::string ip_address::within_48() const {
  return masked(6) + "/48";
}

std::string ip_address::masked(std::size_t bytes) const {
  auto network = *this;
  std::fill(network.bytes_.begin() + static_cast<std::ptrdiff_t>(bytes),
            network.bytes_.end(), std::uint8_t{0});
  return network.text();
}

bool ip_address::shares_prefix(const ip_address& other, unsigned bits) const {
  auto whole = bits / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, other.bytes_.begin()))
    return false;
  if (bits % 8 == 0)
    return true;
  auto differing = static_cast<unsigned>(bytes_.at(whole) ^ other.bytes_.at(whole));
  return differing >> (8 - bits % 8) == 0;
}

std::optional<ip_block> ip_block::parse(std::string_view text) {
  auto slash = text.find('/');
  auto address = ip_address::parse_bare(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  ip_block block;
  block.first_ = *address;
  if (slash == std::string_view::npos)
    return block;
  auto digits = text.substr(slash + 1);
  const auto bits = parse_number<unsigned>(digits);
  bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (!bits || *bits > (v4 ? 32 : 128))
    return std::nullopt;
  block.bits_ = v4 ? *bits + v4_bits : *bits;
  return block;
}

} // namespace tinybook
