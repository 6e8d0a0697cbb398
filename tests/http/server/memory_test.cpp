#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

/// How much many connections may hold, and which of them are closed for others.
namespace tinybook::http {

namespace {

std::string head_of(const char* path, std::size_t body_bytes, const char* more = "") {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n" + more
         + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

} // namespace

TEST_CASE("what a head alone decides is answered before the body is there") {
  test_server server;
  SUBCASE("a body of known length") {
    raw_client client(server.port());
    client.send(head_of("/token", 1000) + "part");
    auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 401);
    CHECK(answer->headers["connection"] == "close");
    client.finish_sending();
    CHECK(client.is_closed());
  }
  SUBCASE("chunks") {
    auto answer = ask(server.port(), "POST /token HTTP/1.1\r\nHost: x\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n5\r\nhe");
    REQUIRE(answer);
    CHECK(answer->status == 401);
  }
  SUBCASE("instead of 100 Continue") {
    auto answer = ask(server.port(), head_of("/token", 1000, "Expect: 100-continue\r\n"));
    REQUIRE(answer);
    CHECK(answer->status == 401);
  }
  CHECK(server.engine.stats().refused_by_head == 1);
  CHECK(eventually([&] { return server.engine.stats().buffered_bytes == 0; }));
}

TEST_CASE("a head that may pass is judged once and its body is read") {
  test_server server;
  raw_client client(server.port());
  client.send(head_of("/token", 4, "Authorization: x\r\n") + "bo");
  client.send("dy");
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  client.send(head_of("/token", 4) + "bo");
  CHECK(client.read()->status == 401);
}

TEST_CASE("beyond the bound of all buffers who needs more gets 503, small requests pass, "
          "and what was held is free again") {
  auto options = default_options();
  options.max_buffered_bytes = std::size_t{3} * 1024 * 1024;
  test_server server(options);
  const std::string most(test_server::article_body_bytes - 1, 'a');
  std::vector<raw_client> hogs;
  std::size_t refused = 0;
  for (int i = 0; i < 20; ++i) {
    hogs.emplace_back(server.port());
    hogs.back().send(head_of("/article", test_server::article_body_bytes) + most);
  }
  CHECK(eventually([&] {
    refused = server.engine.stats().refused_buffers;
    return refused >= 17;
  }));
  CHECK(refused < 20);
  CHECK(server.engine.stats().buffered_bytes < 2 * options.max_buffered_bytes);
  const auto is_told = [](const raw_client& one) {
    return one.has_data();
  };
  CHECK(eventually([&] { return std::ranges::count_if(hogs, is_told) >= 17; }));
  for (auto& one : hogs)
    if (one.has_data())
      CHECK(one.read()->status == 503);
  CHECK(ask(server.port(), get("/fast"))->status == 200);
  CHECK(ask(server.port(), post("/a", "small"))->status == 200);
  hogs.clear();
  CHECK(eventually([&] { return server.engine.stats().buffered_bytes == 0; }));
  CHECK(ask(server.port(), post("/article", most))->status == 200);
}

TEST_CASE("answers that nobody takes count among the buffers") {
  test_server server;
  raw_client client(server.port(), 4096);
  client.send(get("/fast/big") + get("/fast/big"));
  CHECK(eventually(
      [&] { return server.engine.stats().buffered_bytes > std::size_t{64} * 1024; }));
  for (int i = 0; i < 2; ++i)
    CHECK(client.read()->body.size() == test_server::big_answer_bytes);
  CHECK(eventually(
      [&] { return server.engine.stats().buffered_bytes < std::size_t{64} * 1024; }));
}

TEST_CASE("one address has so many connections, a balancer as many as it likes") {
  auto options = default_options();
  options.max_connections_per_address = 3;
  test_server server(options);
  std::vector<raw_client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get("/fast"));
    CHECK(clients.back().read()->status == 200);
  }
  raw_client refused(server.port());
  refused.send(get("/fast"));
  CHECK(refused.read()->status == 429);
  refused.finish_sending();
  CHECK(refused.is_closed());
  CHECK(server.engine.stats().refused_per_address == 1);
  clients.pop_back();
  CHECK(eventually([&] { return server.engine.stats().open_connections == 2; }));
  CHECK(ask(server.port(), get("/fast"))->status == 200);
  server.trusts_peers = true;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get("/fast"));
    CHECK(clients.back().read()->status == 200);
  }
}

TEST_CASE("at the limit of connections the one that is idle for longest gives way, one "
          "at work never") {
  auto options = default_options();
  options.max_connections = 3;
  options.fast_workers = 1;
  test_server server(options);
  raw_client working(server.port());
  working.send(get("/gate"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  raw_client first(server.port());
  first.send(get("/fast"));
  CHECK(first.read()->status == 200);
  raw_client second(server.port());
  second.send(get("/fast"));
  CHECK(second.read()->status == 200);
  first.send(get("/fast"));
  CHECK(first.read()->status == 200);
  raw_client third(server.port());
  third.send(get("/fast"));
  CHECK(third.read()->status == 200);
  CHECK(second.is_closed());
  first.send(get("/fast"));
  CHECK(first.read()->status == 200);
  CHECK(server.engine.stats().idle_closed_for_new == 1);
  server.blocked.open();
  CHECK(working.read()->status == 200);
}

TEST_CASE("without an idle one a connection beyond the limit is answered 503") {
  auto options = default_options();
  options.max_connections = 2;
  test_server server(options);
  std::vector<raw_client> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(server.port());
    busy.back().send(get("/gate"));
  }
  CHECK(eventually([&] { return server.blocked.waiting() == 2; }));
  raw_client refused(server.port());
  refused.send(get("/fast"));
  CHECK(refused.read()->status == 503);
  CHECK(server.engine.stats().refused_connections == 1);
}

} // namespace tinybook::http
