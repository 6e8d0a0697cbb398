#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

#include <vector>

/// What the server refuses, over real sockets: always with an answer that the owner
/// renders, then a clean end.
namespace tinybook::http {

namespace {

/// The answer to `request`, which must be `status` with the named error, and end the
/// connection.
void check_refused(test_server& server, const std::string& request, int status,
                   const std::string& error) {
  raw_client client(server.port());
  CHECK(client.send(request)); // All of it: nothing was cut off before we read.
  auto answer = client.read();
  REQUIRE_MESSAGE(answer.has_value(), error);
  CHECK(answer->status == status);
  CHECK(answer->body == "{\"error\":\"" + error + "\"}");
  CHECK(answer->headers["connection"] == "close");
  CHECK(answer->headers["content-type"] == "application/json; charset=utf-8");
  client.finish_sending();
  CHECK(client.is_closed());
  CHECK_FALSE(client.was_reset());
}

std::string with_headers(std::size_t number) {
  std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (std::size_t i = 1; i < number; ++i)
    text += "X-" + std::to_string(i) + ": y\r\n";
  return text + "\r\n";
}

} // namespace

TEST_CASE("a head over its limit is answered 431") {
  test_server server;
  check_refused(
      server, "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(33'000, 'a') + "\r\n\r\n",
      431, "head_too_large");
  CHECK(server.engine.stats().refused_head_too_large == 1);
}

TEST_CASE("one header of many KiB is taken while the head keeps its limit") {
  test_server server;
  std::string value(30'000, 'a');
  auto answer =
      ask(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nA: " + value + "\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->body.find("A: " + value + "\n") != std::string::npos);
}

TEST_CASE(
    "the hundredth header is taken, one more is answered 431, and so are thousands") {
  test_server server;
  CHECK(ask(server.port(), with_headers(100))->status == 200);
  check_refused(server, with_headers(101), 431, "head_too_large");
  check_refused(server, with_headers(20'000), 431, "head_too_large");
}

TEST_CASE("a target over its limit is answered 414 before its line has ended") {
  test_server server;
  CHECK(ask(server.port(), get("/" + std::string(8'000, 'a')))->status == 200);
  check_refused(server, "GET /" + std::string(8'500, 'a'), 414, "uri_too_long");
  CHECK(server.engine.stats().refused_uri_too_long == 1);
}

TEST_CASE("the longest target that the limit names is served") {
  test_server server;
  const auto most = default_options().max_uri_bytes;
  CHECK(ask(server.port(), get("/" + std::string(most - 1, 'a')))->status == 200);
  CHECK(ask(server.port(), get("/" + std::string(most, 'a')))->status == 414);
}

TEST_CASE("a body at its limit is taken, over it answered 413 without being read") {
  test_server server;
  auto limit = default_options().max_body_bytes;
  CHECK(ask(server.port(), post("/a", std::string(limit, 'b')))->status == 200);
  check_refused(server, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n",
                413, "body_too_large");
  CHECK(server.engine.stats().refused_body_too_large == 1);
}

TEST_CASE("a path may allow a larger body") {
  test_server server;
  auto limit = test_server::article_body_bytes;
  CHECK(ask(server.port(), post("/article", std::string(limit, 'b')))->status == 200);
  check_refused(server, post("/article", std::string(limit + 1, 'b')), 413,
                "body_too_large");
}

TEST_CASE("a client that sends megabytes before it reads still gets its 413") {
  test_server server;
  check_refused(server, post("/a", std::string(std::size_t{20} * 1024 * 1024, 'b')), 413,
                "body_too_large");
}

TEST_CASE("a chunked body over its limit is answered 413, even if it never ends") {
  test_server server;
  std::string text = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i)
    text += "400\r\n" + std::string(1024, 'c') + "\r\n";
  check_refused(server, text, 413, "body_too_large");
}

TEST_CASE("requests that nobody can understand are answered 400") {
  test_server server;
  std::vector<std::string> requests = {
      "\x16\x03\x01\x02 hello",
      "nonsense\r\n\r\n",
      "GET / HTTP/3.0\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET / HTTP/1.1\n\n",
      "GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nName : value\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      std::string{
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "}
          + "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      std::string{"GET /\0 HTTP/1.1\r\n\r\n", 19},
      std::string{"GET / HTTP/1.1\r\nA: \0\r\n\r\n", 23},
      "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
      "GET / HTTP/1.1\r\nHost:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
  };
  for (const auto& request : requests)
    check_refused(server, request, 400, "bad_request");
  CHECK(server.engine.stats().refused_bad_request == requests.size());
}

TEST_CASE("a client that stops in the middle of a request is answered 400") {
  test_server server;
  for (const auto* part :
       {"GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"}) {
    raw_client client(server.port());
    client.send(part);
    client.finish_sending();
    auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 400);
    CHECK(client.is_closed());
  }
}

TEST_CASE("a refusal is rendered with what is known of the request") {
  test_server server;
  (void)ask(server.port(),
            "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n");
  (void)ask(server.port(), "junk\r\n");
  std::lock_guard lock(server.mutex);
  CHECK(server.refused == std::vector<std::string>{"POST /a", " "});
}

TEST_CASE("a refused HEAD has no body") {
  test_server server;
  raw_client client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n");
  auto answer = client.read(true);
  REQUIRE(answer);
  CHECK(answer->status == 413);
  CHECK_FALSE(client.read(true));
  raw_client unended(server.port());
  unended.send("HEAD /" + std::string(9'000, 'a'));
  answer = unended.read(true);
  REQUIRE(answer);
  CHECK(answer->status == 414);
  CHECK_FALSE(unended.read(true));
}

} // namespace tinybook::http
