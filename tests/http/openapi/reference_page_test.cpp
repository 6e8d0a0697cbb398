#include "http/api/public_routes.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tinybook::http {

TEST_CASE("the reference shows every route of the API, in both languages") {
  test::api_world w;
  for (const auto* lang : {"en", "zh-CN"}) {
    CAPTURE(lang);
    const auto r = w.client().Get("/docs", {{"Accept-Language", lang}});
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
    CHECK(shows("items[].likeCnt"));
    CHECK(shows("email_taken"));
  }
  const auto with_query = w.client().Get("/docs?done=saved");
  CHECK(with_query->status == 303);
  CHECK(with_query->get_header_value("Location") == "/docs");
}

} // namespace tinybook::http
