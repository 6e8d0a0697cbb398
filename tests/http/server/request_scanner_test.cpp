#include "http/server/request_scanner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook::http {

namespace {

using state = request_scanner::state;

scan_limits small_limits() {
  return {600, 8, 120, [](std::string_view, std::string_view path) {
            return path == "/big" ? std::size_t{300} : std::size_t{40};
          }};
}

/// The scanner's result for `text` that comes in pieces, which end at `cuts`.
struct decision {
  state last = state::empty;
  errc refusal = errc::none;
  std::string method;
  std::string path;
  std::string body;
  std::string rest;

  bool operator==(const decision&) const = default;
};

decision decide(const std::string& text, std::vector<std::size_t> cuts) {
  request_scanner scanner;
  auto limits = small_limits();
  std::string buffer;
  cuts.push_back(text.size());
  std::ranges::sort(cuts);
  std::size_t taken = 0;
  decision made;
  for (auto cut : cuts) {
    buffer.append(text, taken, cut - taken);
    taken = cut;
    made.last = scanner.advance(buffer, 0, limits);
  }
  made.refusal = scanner.refusal();
  if (made.last == state::whole) {
    made.method = scanner.head().method.in(buffer.data());
    made.path = scanner.head().path(buffer.data());
    made.body = buffer.substr(scanner.head_bytes(), scanner.body_bytes());
    made.rest = buffer.substr(scanner.head_bytes() + scanner.body_bytes());
  }
  return made;
}

decision decide(const std::string& text) {
  return decide(text, {});
}

errc refusal_of(const std::string& text) {
  return decide(text).refusal;
}

std::string chunked(const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

/// Requests of all kinds, most of them damaged somewhere.
rc::Gen<std::string> request_text() {
  auto line = rc::gen::element<std::string>(
      "GET /a HTTP/1.1\r\n", "POST /big?x=1 HTTP/1.1\r\n", "\r\n", "GET  / HTTP/1.1\r\n",
      "PUT http://h/a HTTP/1.0\r\n", "GET / HTTP/2.0\r\n");
  auto header = rc::gen::element<std::string>(
      "Host: a\r\n", "Content-Length: 5\r\n", "Content-Length: 400\r\n",
      "Transfer-Encoding: chunked\r\n", "Connection: close, x\r\n", "A : b\r\n",
      " fold\r\n", "Expect: 100-continue\r\n", "X: " + std::string(150, 'x') + "\r\n",
      "bare\n");
  auto body = rc::gen::element<std::string>(
      "", "hello", "5\r\nhello\r\n0\r\n\r\n",
      "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n", "fff\r\n", "x",
      "0\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  auto damage =
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, 800), rc::gen::inRange<int>(0, 256));
  return rc::gen::map(
      rc::gen::tuple(line, rc::gen::container<std::vector<std::string>>(header), body,
                     rc::gen::container<std::vector<std::pair<std::size_t, int>>>(damage),
                     rc::gen::inRange(0, 2)),
      [](const auto& parts) {
        const auto& [first, headers, content, damages, damaged] = parts;
        std::string text = first;
        for (const auto& one : headers)
          text += one;
        text += "\r\n" + content;
        for (auto [at, byte] : damages) {
          if (damaged == 1 && at < text.size())
            text[at] = static_cast<char>(byte);
        }
        return text;
      });
}

} // namespace

TEST_CASE("the scanner decides the same however the bytes are split") {
  CHECK(rc::check("split invariance", [] {
    const auto text = *request_text();
    const auto cuts = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, text.size() + 1));
    RC_ASSERT(decide(text, cuts) == decide(text));
  }));
}

TEST_CASE("the scanner decides the same when bytes drip in one by one") {
  CHECK(rc::check("drip invariance", [] {
    const auto text = *request_text();
    std::vector<std::size_t> every(text.size());
    for (std::size_t i = 0; i < every.size(); ++i)
      every[i] = i;
    RC_ASSERT(decide(text, every) == decide(text));
  }));
}

TEST_CASE("chunks of any sizes decode to their content, and what follows is left") {
  CHECK(rc::check("chunked round trip", [] {
    const auto pieces = *rc::gen::resize(8, rc::gen::container<std::vector<std::string>>(
                                                rc::gen::nonEmpty<std::string>()));
    std::string raw;
    std::string content;
    for (const auto& piece : pieces) {
      if (content.size() + piece.size() > 40)
        break;
      std::array<char, 24> size{};
      (void)std::snprintf(size.data(), size.size(), "%zX\r\n", piece.size());
      raw += size.data() + piece + "\r\n";
      content += piece;
    }
    const auto cuts = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, raw.size() + 1));
    auto made = decide(chunked(raw + "0\r\n\r\nrest"), cuts);
    RC_ASSERT(made.last == state::whole);
    RC_ASSERT(made.body == content);
    RC_ASSERT(made.rest == "rest");
  }));
}

TEST_CASE("nothing is an empty request, a part of a head is one in its head") {
  CHECK(decide("").last == state::empty);
  CHECK(decide("GET / HT").last == state::head);
  CHECK(decide("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab").last
        == state::body);
  CHECK(decide("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").last
        == state::whole);
}

TEST_CASE("an empty line before a request is skipped") {
  CHECK(decide("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n").path == "/a");
  CHECK(refusal_of("\r\n\r\n\r\n\r\n\r\n\r\n") == errc::bad_request);
}

TEST_CASE("the absolute form of a target names the same path") {
  CHECK(decide("GET http://host:1/a/b?c HTTP/1.1\r\nHost: x\r\n\r\n").path == "/a/b");
  CHECK(decide("GET HTTPS://host HTTP/1.1\r\nHost: x\r\n\r\n").path == "/");
}

TEST_CASE("a request line that is not one is refused at its first wrong byte") {
  for (const auto* text :
       {"GET /\r\n", "GET / HTTP/1.2\r\n", "GET / http/1.1\r\n", "GET  / HTTP/1.1\r\n",
        "G(T / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET / HTTP/1.1\n", "\x16\x03\x01",
        "PRI * HTTP/2.0\r\n", " GET / HTTP/1.1\r\n", "GET\t/ HTTP/1.1\r\n"})
    CHECK_MESSAGE(refusal_of(text) == errc::bad_request, text);
  CHECK(refusal_of(std::string{"GET /\0", 6}) == errc::bad_request);
  CHECK(refusal_of(std::string(40, 'A')) == errc::bad_request);
}

TEST_CASE("header lines that two readers could read differently are refused") {
  for (const auto* lines :
       {"A : b\r\n", ": b\r\n", "A b\r\n", "A: b\r\n c\r\n", "A: b\rc\r\n", "A: b\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: -1\r\n",
        "Content-Length: +1\r\n", "Content-Length: 1, 1\r\n", "Content-Length:\r\n",
        "Content-Length: 0x1\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, gzip\r\n", "Host: a\r\nHost: a\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"})
    CHECK_MESSAGE(refusal_of(std::string{"GET / HTTP/1.1\r\nB: c\r\n"} + lines + "\r\n")
                      == errc::bad_request,
                  lines);
  CHECK(refusal_of("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
        == errc::bad_request);
}

TEST_CASE("each limit is refused under its own name, and its bound is allowed") {
  auto target = [](std::size_t bytes) {
    return "GET /" + std::string(bytes - 1, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n";
  };
  CHECK(decide(target(120)).last == state::whole);
  CHECK(refusal_of(target(121)) == errc::uri_too_long);

  auto headers = [](std::size_t number) {
    std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (std::size_t i = 1; i < number; ++i)
      text += "A: b\r\n";
    return text + "\r\n";
  };
  CHECK(decide(headers(8)).last == state::whole);
  CHECK(refusal_of(headers(9)) == errc::head_too_large);

  auto head = [](std::size_t bytes) {
    return "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(bytes - 32, 'a') + "\r\n\r\n";
  };
  CHECK(decide(head(600)).last == state::whole);
  CHECK(refusal_of(head(601)) == errc::head_too_large);

  auto body = [](const char* path, const std::string& bytes) {
    return std::string{"POST "} + path
           + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n";
  };
  CHECK(decide(body("/a", "40")).last == state::body);
  CHECK(refusal_of(body("/a", "41")) == errc::body_too_large);
  CHECK(decide(body("/big", "300")).last == state::body);
  CHECK(refusal_of(body("/big", "301")) == errc::body_too_large);
  CHECK(refusal_of(body("/a", std::string(90, '9'))) == errc::body_too_large);
}

TEST_CASE("a chunked body is bounded by what it decodes to") {
  CHECK(decide(chunked("28\r\n" + std::string(40, 'x') + "\r\n0\r\n\r\n")).last
        == state::whole);
  CHECK(refusal_of(chunked("29\r\n")) == errc::body_too_large);
  CHECK(refusal_of(chunked("20\r\n" + std::string(32, 'x') + "\r\n9\r\n"))
        == errc::body_too_large);
}

TEST_CASE("a malformed chunk is refused") {
  for (const auto* body : {"g\r\n",
                           "\r\n",
                           "-1\r\n",
                           "1\nx",
                           "1\r\nxy",
                           "1\r\nx\n",
                           "1x\r\n",
                           "00000000000000000001\r\n",
                           "0\r\nA\n",
                           "0\r\n\rA",
                           "2 zz5\r\n",
                           "2 \r\n",
                           "2\t=1\r\n",
                           "2;\r\n",
                           "2;=b\r\n",
                           "2;a b\r\n",
                           "2;a=\r\n",
                           "2;a=\"b\r\n",
                           "2;a=b c\r\n",
                           "2;a=\"b\"c\r\n",
                           "2;a \r\n",
                           "0\r\nno colon\r\n\r\n",
                           "0\r\n: nameless\r\n\r\n",
                           "0\r\n a: b\r\n\r\n",
                           "0\r\na b: c\r\n\r\n"})
    CHECK_MESSAGE(refusal_of(chunked(body)) == errc::bad_request, body);
  CHECK(refusal_of(chunked("1;" + std::string(1100, 'e'))) == errc::bad_request);
  CHECK(refusal_of(chunked("0\r\n" + std::string(9000, 't'))) == errc::bad_request);
}

TEST_CASE("well-formed chunk extensions and trailers are skipped") {
  for (const auto* body :
       {"1;a=b; c = \"d\\\"e;f\" ;g\r\nx\r\n0\r\n\r\n", "1;a\r\nx\r\n0\r\n\r\n",
        "1 ;a=\"b c\"\r\nx\r\n0;b\r\n\r\n", "1\r\nx\r\n0\r\nDigest: a\r\nX-b:\r\n\r\n"})
    CHECK_MESSAGE(decide(chunked(body)).last == state::whole, body);
}

TEST_CASE("a host is a name or an address with or without a port, nothing else") {
  const auto with = [](const std::string& host, const char* version = "1.1") {
    return "GET / HTTP/" + std::string{version} + "\r\nHost: " + host + "\r\n\r\n";
  };
  for (const auto* host :
       {"example.org", "EXAMPLE.org:8081", "127.0.0.1", "localhost:", "[::1]",
        "[2001:db8::1]:80", "a_b-c.example", "xn--fiq.example", "a%20b"})
    CHECK_MESSAGE(decide(with(host)).last == state::whole, host);
  for (const auto* host :
       {"",          " ",      "a b",          "a/b",      "a,b@c",
        "user@host", "[::1",   "::1",          "ex%zz",    "ex%2",
        "[]",        "[g::1]", "[::1]80",      "host:80a", "host:123456",
        ":80",       "a:b:c",  "\xe4\xb8\xad", "a\"b",     "<x>"})
    CHECK_MESSAGE(refusal_of(with(host)) == errc::bad_request, host);
  CHECK(refusal_of(with("a b", "1.0")) == errc::bad_request);
  CHECK(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == errc::bad_request);
  CHECK(refusal_of("GET / HTTP/1.1\r\nHosts: a\r\n\r\n") == errc::bad_request);
  CHECK(refusal_of("GET http://a/ HTTP/1.1\r\n\r\n") == errc::bad_request);
  CHECK(decide("GET / HTTP/1.0\r\n\r\n").last == state::whole);
  for (const auto* target : {"http:///a", "https://", "HTTP://?a"})
    CHECK_MESSAGE(
        refusal_of("GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n")
            == errc::bad_request,
        target);
}

TEST_CASE("who keeps the connection alive follows version and Connection") {
  auto keeps = [](const std::string& text) {
    request_scanner scanner;
    auto buffer = text;
    REQUIRE(scanner.advance(buffer, 0, small_limits()) == state::whole);
    return scanner.head().keeps_alive();
  };
  CHECK(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: x, CLOSE\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  CHECK(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

} // namespace tinybook::http
