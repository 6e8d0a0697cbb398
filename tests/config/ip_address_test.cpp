#include "config/ip_address.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <rapidcheck.h>
#include <string>

namespace tinybook {

namespace {

std::string v4_of(std::uint32_t bits) {
  return std::to_string(bits >> 24U) + '.' + std::to_string((bits >> 16U) & 255U) + '.'
         + std::to_string((bits >> 8U) & 255U) + '.' + std::to_string(bits & 255U);
}

std::string text_of(std::string_view from) {
  auto address = ip_address::parse(from);
  return address ? address->text() : "none";
}

} // namespace

TEST_CASE("every IPv4 address survives parsing, mapped into IPv6 too") {
  CHECK(rc::check("round trip", [](std::uint32_t bits) {
    auto text = v4_of(bits);
    RC_ASSERT(text_of(text) == text);
    RC_ASSERT(text_of("::ffff:" + text) == text);
    RC_ASSERT(text_of(text + ":8080") == text);
    RC_ASSERT(ip_address::parse(text)->limit_key() == text);
  }));
}

TEST_CASE("addresses are read in the forms that proxies write") {
  CHECK(text_of("2001:DB8::1") == "2001:db8::1");
  CHECK(text_of("[2001:db8::1]:443") == "2001:db8::1");
  CHECK(text_of("[::1]") == "::1");
  CHECK(text_of("fe80::1%eth0") == "fe80::1");
  for (const auto* bad : {"", "unknown", "1.2.3", "256.1.1.1", "1.2.3.4.5", "[::1",
                          ":::", "_hidden", "1.2.3.4, 5.6.7.8"})
    CHECK_MESSAGE(text_of(bad) == "none", bad);
}

TEST_CASE("IPv6 clients are limited by their /64") {
  CHECK(ip_address::parse("2001:db8:1:2:3:4:5:6")->limit_key() == "2001:db8:1:2::/64");
  CHECK(ip_address::parse("2001:db8:1:2:ffff::")->limit_key() == "2001:db8:1:2::/64");
  CHECK(ip_address::parse("2001:db8:1:3::1")->limit_key() == "2001:db8:1:3::/64");
}

TEST_CASE("of where somebody was the network is kept, and no more") {
  CHECK(ip_address::parse("198.51.100.77")->network() == "198.51.100.0/24");
  CHECK(ip_address::parse("::ffff:198.51.100.77")->network() == "198.51.100.0/24");
  CHECK(ip_address::parse("2001:db8:1:2:3:4:5:6")->network() == "2001:db8:1::/48");
}

TEST_CASE("two addresses are in one network exactly where its bits are the same") {
  CHECK(rc::check("as arithmetic says", [](std::uint16_t other, std::uint16_t net) {
    auto bits = *rc::gen::inRange(0U, 64U);
    const auto in = [](std::uint64_t upper) {
      std::array<char, 64> text{};
      (void)std::snprintf(text.data(), text.size(), "%x:%x:%x:%x::%x",
                          static_cast<unsigned>(upper >> 48U),
                          static_cast<unsigned>(upper >> 32U & 0xffffU),
                          static_cast<unsigned>(upper >> 16U & 0xffffU),
                          static_cast<unsigned>(upper & 0xffffU), 7U);
      return *ip_address::parse(text.data());
    };
    const std::uint64_t one = 0x2001'0db8'0000'0000U | std::uint64_t{net} << 16U | other;
    const std::uint64_t two = one ^ std::uint64_t{1} << bits;
    RC_ASSERT((in(one).within_56() == in(two).within_56()) == (bits < 8));
    RC_ASSERT((in(one).within_48() == in(two).within_48()) == (bits < 16));
    RC_ASSERT(in(one).limit_key() != in(two).limit_key());
  }));
  CHECK(ip_address::parse("2001:db8:1:2ff:3:4:5:6")->within_56()
        == "2001:db8:1:200::/56");
  CHECK(ip_address::parse("198.51.100.77")->within_24() == "198.51.100.0/24");
}

TEST_CASE("a block holds exactly the addresses that share its prefix") {
  CHECK(rc::check("as arithmetic says", [](std::uint32_t base, std::uint32_t other) {
    auto bits = *rc::gen::inRange(0U, 33U);
    auto block = ip_block::parse(v4_of(base) + '/' + std::to_string(bits));
    auto shift = 32U - bits;
    bool same = bits == 0 || (base >> shift) == (other >> shift);
    RC_ASSERT(block->holds(*ip_address::parse(v4_of(other))) == same);
    RC_ASSERT(block->holds(*ip_address::parse(v4_of(base))));
  }));
  CHECK(ip_block::parse("fd00::/8")->holds(*ip_address::parse("fd12::1")));
  CHECK(!ip_block::parse("fd00::/8")->holds(*ip_address::parse("fe00::1")));
  CHECK(ip_block::parse("::/0")->holds(*ip_address::parse("::1")));
  for (const auto* bad : {"1.2.3.4/33", "::/129", "1.2.3.4/", "x/8", "1.2.3.4/-1"})
    CHECK_MESSAGE(!ip_block::parse(bad), bad);
}

} // namespace tinybook
