#include "http/auth/client_address.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook::http {

namespace {

const std::vector<std::string> trusted_proxies{"10.0.0.0/8", "fd00::/8"};

std::string client(std::string_view peer, std::vector<std::string_view> forwarded,
                   const std::vector<std::string>& trusted = trusted_proxies) {
  return client_locator(trusted).locate(peer, forwarded).text;
}

} // namespace

TEST_CASE("without trusted proxies the client is the peer, whatever it claims") {
  CHECK(client("203.0.113.9", {"1.1.1.1"}, {}) == "203.0.113.9");
  CHECK(client("203.0.113.9", {"1.1.1.1"}) == "203.0.113.9");
}

TEST_CASE("the client is the right-most hop that is no trusted proxy") {
  CHECK(client("10.0.0.1", {"1.1.1.1, 198.51.100.7"}) == "198.51.100.7");
  CHECK(client("10.0.0.1", {"1.1.1.1, 198.51.100.7, 10.0.0.2"}) == "198.51.100.7");
  CHECK(client("10.0.0.1", {"1.1.1.1", "198.51.100.7 , 10.0.0.2"}) == "198.51.100.7");
  CHECK(client("10.0.0.1", {"198.51.100.7", "10.0.0.2"}) == "198.51.100.7");
}

TEST_CASE("with trusted hops only, the left-most is the client") {
  CHECK(client("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
}

TEST_CASE("a hop that is no address ends the search at the proxy that reported it") {
  CHECK(client("10.0.0.1", {"1.1.1.1, unknown, 10.0.0.2"}) == "10.0.0.2");
  CHECK(client("10.0.0.1", {"1.1.1.1, "}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {"1.1.1.1", ""}) == "1.1.1.1");
  CHECK(client("10.0.0.1", {",2.2.2.2,,", " , "}) == "2.2.2.2");
  CHECK(client("10.0.0.1", {",", ""}) == "10.0.0.1");
}

TEST_CASE("an IPv6 client is told whole and limited by its /64") {
  std::vector<std::string_view> forwarded{"2001:db8::5"};
  auto found = client_locator(trusted_proxies).locate("fd00::1", forwarded);
  CHECK(found.text == "2001:db8::5");
  CHECK(found.limit_key == "2001:db8::/64");
  CHECK(found.through_proxy);
}

TEST_CASE("what a client writes in front of the first proxy's entry changes nothing") {
  CHECK(rc::check("forgery is useless", [](const std::string& forged) {
    RC_PRE(forged.find('\n') == std::string::npos);
    std::string value = forged + ", 198.51.100.7, 10.9.9.9";
    std::vector<std::string_view> forwarded{forged, value};
    RC_ASSERT(client_locator(trusted_proxies).locate("10.0.0.1", forwarded).text
              == "198.51.100.7");
  }));
}

TEST_CASE("a naive walk from the right agrees") {
  auto hop = rc::gen::element<std::string>("10.1.1.1", "10.2.2.2", "198.51.100.7",
                                           "203.0.113.4", "junk", "");
  CHECK(rc::check("same client", [&] {
    auto hops = *rc::gen::container<std::vector<std::string>>(hop);
    auto peer = *rc::gen::element<std::string>("10.1.1.1", "203.0.113.4");
    std::string naive = peer;
    for (auto i = hops.size(); naive.starts_with("10.") && i > 0; --i) {
      const auto& next = hops[i - 1];
      if (next == "junk")
        break;
      if (next.empty())
        continue;
      naive = next;
    }
    std::string joined;
    for (const auto& one : hops)
      joined += (joined.empty() && &one == &hops.front() ? "" : ",") + one;
    std::vector<std::string_view> forwarded;
    if (!hops.empty())
      forwarded.emplace_back(joined);
    RC_ASSERT(client_locator(trusted_proxies).locate(peer, forwarded).text == naive);
  }));
}

} // namespace tinybook::http
