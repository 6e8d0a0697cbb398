#include "tests/http/server/test_server.hpp"
#include "tests/support/budgets.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace tinybook::http {

namespace {

std::vector<std::string> seeds() {
  return {get("/a?x=%41&y=1"),
          post("/a", "{\"a\":1}"),
          std::string{"POST /a HTTP/1.1\r\nHost: x\r\n"}
              + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
          post("/fast", "a=b&c=d", "application/x-www-form-urlencoded"),
          post("/a",
               "--x\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n--x--",
               "multipart/form-data; boundary=x"),
          "HEAD /fast HTTP/1.0\r\nConnection: keep-alive\r\nRange: bytes=0-1\r\n\r\n",
          get("/fast") + get("/a") + get("/throw")};
}

std::string mutate(std::string text, std::mt19937& random) {
  auto pick = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
  };
  auto changes = 1 + pick(4);
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    auto at = pick(text.size());
    switch (pick(5)) {
    case 0:
      text[at] = static_cast<char>(pick(256));
      break;
    case 1:
      text.erase(at, 1 + pick(8));
      break;
    case 2:
      text.insert(at, 1 + pick(4), static_cast<char>(pick(256)));
      break;
    case 3:
      text.insert(at, text.substr(pick(text.size()), pick(40)));
      break;
    default:
      text.resize(at);
      break;
    }
  }
  return text;
}

} // namespace

TEST_CASE("no mutated request crashes or hangs the server, or ends without an answer") {
  test_server server;
  std::mt19937 random(20240607); // NOLINT: the same requests in every run
  auto originals = seeds();
  const int rounds = tinybook::test::budgets::mutated_requests.amount();
  for (int round = 0; round < rounds; ++round) {
    auto text =
        mutate(originals[static_cast<std::size_t>(round) % originals.size()], random);
    auto at = std::uniform_int_distribution<std::size_t>{0, text.size()}(random);
    raw_client client(server.port());
    client.send(std::string_view{text}.substr(0, at));
    client.send(std::string_view{text}.substr(at));
    client.finish_sending(); // Whatever is missing will never come.
    bool blank = text.find_first_not_of("\r\n") == std::string::npos;
    auto answer = client.read(text.starts_with("HEAD"));
    INFO("round " << round << ": " << text);
    CHECK((blank || answer.has_value()));
    if (answer)
      CHECK((answer->status == 200 || answer->status == 500
             || (answer->status >= 400 && answer->status < 500)));
    CHECK(client.is_closed());
  }
  CHECK(eventually([&] { return server.engine.stats().open_connections == 0; }));
  CHECK(ask(server.port(), get("/a"))->status == 200);
}

} // namespace tinybook::http
