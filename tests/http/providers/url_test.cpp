#include "http/providers/http_channel.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

TEST_CASE("a url falls into origin and target") {
  const auto whole = split("https://example.org:8443/a/b?c=d");
  REQUIRE(whole);
  CHECK(whole->origin == "https://example.org:8443");
  CHECK(whole->target == "/a/b?c=d");
  CHECK(split("http://[::1]:80")->target == "/");
  CHECK(split("http://h?x")->target == "/?x");
}

TEST_CASE("what is no plain http address is refused") {
  for (const auto* url : {"", "example.org", "ftp://h/", "http://", "http:///p",
                          "http://:80/", "http://u:p@h/", "http://h/#f", "http://h/a b",
                          "http://h/\r\nX: y", "http://h/\xe4"})
    CHECK_FALSE(split(url));
}

} // namespace tinybook::http
