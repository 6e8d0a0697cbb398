#include "http/api/public_routes.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tinybook::http {

TEST_CASE("the reference shows every route of the API, in both languages") {
  test::api_world w;
  for (const auto* lang : {"en", "zh-CN"}) {
    CAPTURE(lang);
    const auto r = w.client().Get("/docs?done=saved", {{"Accept-Language", lang}});
    REQUIRE(r);
    CHECK(r->status == 200);
    CHECK(r->get_header_value("Content-Type") == "text/html; charset=utf-8");
    auto shows = [&](std::string_view text) {
      return r->body.find(text) != std::string::npos;
    };
    CHECK(shows("<html lang=\"" + std::string{lang} + '"'));
    for (const auto& one : api_routes()) {
      const auto heading = "<h3 id=\"" + std::string{one.promised.id} + "\">"
                           + std::string{one.method} + ' ' + std::string{one.path};
      CHECK_MESSAGE(shows(heading), heading);
    }
    CHECK(shows("8 to 128 characters"));
    CHECK(shows("data.items[].likeCnt"));
    CHECK(shows("<code>X-Jwt-Token, X-Refresh-Token, Set-Cookie</code>"));
    CHECK(shows("<code>malformed_json, invalid_field, "));
    CHECK(shows("<td>409<td>email_taken 4090<td>"));
    CHECK_FALSE(shows("role=\"status\"")); // Made before anybody asked.
  }
}

TEST_CASE("the reference is as light as a page") {
  test::api_world w;
  auto client = w.client();
  client.set_decompress(false);
  for (const auto* lang : {"en", "zh-CN"}) {
    const auto r =
        client.Get("/docs", {{"Accept-Language", lang}, {"Accept-Encoding", "gzip"}});
    REQUIRE(r);
    CHECK(r->get_header_value("Content-Encoding") == "gzip");
    constexpr std::size_t most = std::size_t{8} * 1024;
    CHECK_MESSAGE(r->body.size() <= most, r->body.size());
    // It ends with the size of what was compressed (RFC 1952), below 64 KB.
    CHECK(r->body.ends_with(std::string_view{"\0\0", 2}));
  }
}

} // namespace tinybook::http
