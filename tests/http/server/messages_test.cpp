#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <ctime>
#include <iomanip>
#include <sstream>

/// What reaches the handler, and how its answers go out.
namespace tinybook::http {

namespace {

bool holds(const raw_response& answer, std::string_view part) {
  return answer.body.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the handler sees method, decoded path, query and the client's headers") {
  test_server server;
  auto answer = ask(server.port(), "GET /a%20b?x=1%2B1&y=a?b HTTP/1.1\r\nHost: h\r\n"
                                   "X-Raw:  %0d%0aA: b \r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->body
        == "GET /a b\n? x=1+1\n? y=a?b\nHost: h\nX-Raw: %0d%0aA: b\nfrom 127.0.0.1\n");
}

TEST_CASE("a client cannot pose as another address") {
  test_server server;
  auto answer = ask(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nRemote_Addr: 1.2.3.4\r\n"
                                   "LOCAL_PORT: 1\r\nREMOTE_PORT: 2\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->body == "GET /\nHost: x\nfrom 127.0.0.1\n");
}

TEST_CASE("any method reaches the handler") {
  test_server server;
  for (const std::string method :
       {"BREW", "PATCH", "DELETE", "TRACE", "CONNECT", "get"}) {
    for (const std::string path : {"/a", "/fast"}) {
      auto answer =
          ask(server.port(), method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      REQUIRE(answer);
      CHECK(answer->status == 200);
      CHECK(holds(*answer, method + ' ' + path + '\n'));
    }
  }
  CHECK(
      holds(*ask(server.port(), "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), "OPTIONS *\n"));
  CHECK(holds(*ask(server.port(), "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n"),
              "CONNECT a:1\n"));
  CHECK(holds(*ask(server.port(), "GET http://h/p HTTP/1.1\r\nHost: x\r\n\r\n"),
              "GET /p\n"));
}

TEST_CASE("an answer to HEAD tells its length and has no body") {
  test_server server;
  raw_client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/fast"));
  auto head = client.read(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->headers["content-length"]
        == std::to_string(sizeof "HEAD /a\nHost: x\nfrom 127.0.0.1"));
  CHECK(holds(*client.read(), "GET /fast\n"));
}

TEST_CASE("the handler's status goes out, and JSON is never compressed") {
  test_server server;
  auto answer = ask(server.port(),
                    "GET /404 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 404);
  CHECK(answer->headers.count("content-encoding") == 0);
  CHECK(holds(*answer, "Accept-Encoding: gzip, br\n"));
}

TEST_CASE("Range and unknown expectations are left to the handler") {
  test_server server;
  auto answer = ask(server.port(), "GET /a HTTP/1.1\r\nHost: x\r\nRange: bytes=zz\r\n"
                                   "Expect: the-unexpected\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(holds(*answer, "Range: bytes=zz\n"));
}

TEST_CASE("form, multipart and compressed bodies reach the handler as they are") {
  test_server server;
  std::string body = "a=" + std::string(20'000, 'b');
  for (const auto* type : {"application/x-www-form-urlencoded", "multipart/form-data",
                           "multipart/form-data; boundary=", "application/json"}) {
    auto answer = ask(server.port(), post("/a", body, type));
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body.ends_with("from 127.0.0.1\n" + body));
  }
  auto packed =
      ask(server.port(), "POST /a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                         "Content-Length: 4\r\n\r\nzzzz");
  REQUIRE(packed);
  CHECK(packed->body.ends_with("\nzzzz"));
}

TEST_CASE("a chunked body reaches the handler whole, and the next request is served") {
  test_server server;
  raw_client client(server.port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  client.send("lo\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\n" + get("/next"));
  CHECK(client.read()->body.ends_with("\nhello world"));
  CHECK(holds(*client.read(), "GET /next\n"));
}

TEST_CASE("a client that expects 100-continue gets it, once, before its body") {
  test_server server;
  raw_client client(server.port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.read(true)->status == 100);
  client.send("he");
  client.send("llo");
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.ends_with("\nhello"));
}

TEST_CASE("HTTP/1.0 knows no 100-continue: it gets the answer alone") {
  test_server server;
  raw_client client(server.port());
  client.send("POST /a HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n"
              "Content-Length: 2\r\n\r\nhi");
  for (int i = 0; i < 2; ++i) {
    auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->headers["connection"] == "keep-alive");
    client.send("GET /a HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n"
                "\r\n");
  }
}

TEST_CASE("every answer tells its date, those that the server gives itself too") {
  test_server server;
  for (const auto& request :
       {get("/a"), get("/fast"), get("/throw"), std::string{"nonsense\r\n\r\n"}}) {
    auto answer = ask(server.port(), request);
    REQUIRE(answer);
    std::tm parts{};
    std::istringstream date(answer->headers["date"]);
    date >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S GMT");
    REQUIRE_MESSAGE(!date.fail(), answer->headers["date"]);
    CHECK(std::abs(std::difftime(::timegm(&parts), std::time(nullptr))) <= 2);
  }
}

TEST_CASE("nobody is offered ranges") {
  test_server server;
  raw_client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = client.read(true);
  REQUIRE(answer);
  CHECK_FALSE(answer->headers.contains("accept-ranges"));
}

TEST_CASE("a client that expects 100-continue for too much is refused instead") {
  test_server server;
  auto answer =
      ask(server.port(), "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                         "Content-Length: 500000\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 413);
}

TEST_CASE("an answer to HEAD has no body, also where empty lines come before it") {
  test_server server;
  for (const std::string before : {"", "\r\n", "\r\n\r\n"}) {
    raw_client client(server.port());
    client.send(before + "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/b"));
    const auto answer = client.read(true);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(holds(*client.read(), "GET /b\n"));
  }
}

TEST_CASE("fifty pipelined requests are answered in order") {
  test_server server;
  raw_client client(server.port());
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += get((i % 3 == 0 ? "/a" : "/fast/") + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    auto answer = client.read();
    REQUIRE(answer);
    CHECK(holds(*answer, (i % 3 == 0 ? "/a" : "/fast/") + std::to_string(i) + '\n'));
  }
}

TEST_CASE("a request that arrives byte by byte is served as any other") {
  test_server server;
  raw_client client(server.port());
  for (char c : post("/a", "hello"))
    client.send({&c, 1});
  CHECK(client.read()->body.ends_with("\nhello"));
}

TEST_CASE("HTTP/1.0 closes after the answer unless it asks to stay") {
  test_server server;
  raw_client leaves(server.port());
  leaves.send("GET /a HTTP/1.0\r\n\r\n");
  CHECK(leaves.read()->headers["connection"] == "close");
  CHECK(leaves.is_closed());

  raw_client stays(server.port());
  for (int i = 0; i < 2; ++i) {
    stays.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(stays.read()->headers["connection"] == "keep-alive");
  }
}

TEST_CASE("Connection: close is answered and obeyed") {
  test_server server;
  for (const std::string path : {"/a", "/fast"}) {
    raw_client client(server.port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");
    CHECK(client.read()->headers["connection"] == "close");
    CHECK(client.is_closed());
  }
}

TEST_CASE("a client that closes its side after a request still gets the answer") {
  test_server server;
  for (const std::string path : {"/a", "/fast"}) {
    raw_client client(server.port());
    client.send(get(path));
    client.finish_sending();
    CHECK(client.read()->status == 200);
    CHECK(client.is_closed());
  }
}

TEST_CASE("what a handler throws is answered 500 without its reason, and is reported") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/throw") + get("/fast"));
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == 500);
  CHECK(answer->body == "{\"error\":\"internal\"}");
  CHECK(answer->headers.count("exception_what") == 0);
  CHECK(client.read()->status == 200);
  std::lock_guard lock(server.mutex);
  CHECK(server.thrown == std::vector<std::string>{"/throw: secret reason"});
}

} // namespace tinybook::http
