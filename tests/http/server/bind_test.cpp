#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

namespace {

server_hooks no_hooks() {
  server_hooks hooks;
  hooks.render_error = [](auto, const auto&) {
    return httplib::Response{};
  };
  return hooks;
}

} // namespace

TEST_CASE("a port in use is an error that names address, port and reason") {
  test_server first;
  auto options = default_options();
  options.port = first.port();
  server second(options, no_hooks());
  auto started = second.start();
  REQUIRE_FALSE(started);
  CHECK(started.error().code == errc::unavailable);
  CHECK(started.error().detail
        == "cannot listen on 127.0.0.1:" + std::to_string(first.port())
               + ": Address already in use");
}

TEST_CASE("an address that is none, or not ours, is an error that names it") {
  for (const std::string address : {"nowhere.invalid", "192.0.2.1"}) {
    auto options = default_options();
    options.address = address;
    server one(options, no_hooks());
    auto started = one.start();
    REQUIRE_FALSE(started);
    CHECK(started.error().detail.starts_with("cannot listen on " + address + ":0: "));
  }
}

TEST_CASE("a port is free again at once after its server has ended") {
  auto options = default_options();
  {
    test_server first;
    options.port = first.port();
    CHECK(ask(first.port(), get("/a"))->status == 200);
  }
  test_server second(options);
  CHECK(second.port() == options.port);
  CHECK(ask(second.port(), get("/a"))->status == 200);
}

TEST_CASE("on the IPv6 wildcard an IPv4 client shows its dotted address") {
  auto options = default_options();
  options.address = "::";
  server probe(options, no_hooks());
  if (!probe.start()) {
    MESSAGE("skipped: no IPv6 here");
    return;
  }
  test_server server(options);
  auto answer = ask(server.port(), get("/a"));
  REQUIRE(answer);
  CHECK(answer->body == "GET /a\nHost: here\nfrom 127.0.0.1\n");
}

} // namespace tinybook::http
