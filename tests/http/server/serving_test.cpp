#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tinybook::http {

namespace {

std::vector<raw_client> block(test_server& server, std::size_t number) {
  std::vector<raw_client> clients;
  for (std::size_t i = 0; i < number; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get("/gate"));
  }
  return clients;
}

} // namespace

TEST_CASE("requests that wait hold no thread, and hold up nobody else") {
  test_server server;
  const auto threads = server.engine.stats().threads;
  auto clients = block(server, 500);
  CHECK(eventually([&] { return server.blocked.waiting() == 500; }));
  CHECK(eventually([&] { return server.engine.stats().serving == 500; }));
  CHECK(server.engine.stats().threads == threads);

  raw_client fast(server.port());
  for (int i = 0; i < 1'000; ++i) {
    fast.send(get("/fast"));
    REQUIRE(fast.read()->status == 200);
  }
  CHECK(server.blocked.waiting() == 500);

  server.blocked.open();
  for (auto& client : clients)
    CHECK(client.read()->status == 200);
  CHECK(eventually([&] { return server.engine.stats().serving == 0; }));
}

TEST_CASE("a journey that always has something to do holds up no socket") {
  test_server server;
  raw_client busy(server.port());
  busy.send(get("/spin"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  for (int i = 0; i < 16; ++i) // New connections go to the pollers in turn.
    CHECK(ask(server.port(), get("/a"))->status == 200);
  server.blocked.open();
  CHECK(busy.read()->status == 200);
}

TEST_CASE("what is sent while a request waits is answered, though the end is announced") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/gate"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  client.send(get("/a"));
  server.engine.announce_end();
  server.blocked.open();
  auto first = client.read();
  REQUIRE(first);
  CHECK(first->headers["connection"] != "close");
  auto second = client.read();
  REQUIRE(second);
  CHECK(second->status == 200);
  CHECK(second->headers["connection"] == "close");
}

TEST_CASE("what is sent behind a last request does not reset its answer") {
  test_server server;
  raw_client client(server.port());
  client.send("GET /gate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  client.send("\r\n");
  server.blocked.open();
  CHECK(client.read()->status == 200);
  CHECK(client.is_closed());
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("a reset connection ends what answers its request; one that is half closed is "
          "answered") {
  test_server server;
  auto clients = block(server, 8);
  CHECK(eventually([&] { return server.blocked.waiting() == 8; }));
  for (int i = 0; i < 4; ++i)
    clients[static_cast<std::size_t>(i)].reset();
  CHECK(eventually([&] { return server.blocked.waiting() == 4; }));
  CHECK(eventually([&] { return server.engine.stats().open_connections == 4; }));
  for (int i = 4; i < 8; ++i)
    clients[static_cast<std::size_t>(i)].finish_sending();
  server.blocked.open();
  for (int i = 4; i < 8; ++i)
    CHECK(clients[static_cast<std::size_t>(i)].read()->status == 200);
  CHECK(ask(server.port(), get("/a"))->status == 200);
}

TEST_CASE("what is sent while a request waits is served behind it, in order") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/gate"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  for (int i = 0; i < 20; ++i)
    client.send(get("/a" + std::to_string(i)));
  server.blocked.open();
  CHECK(client.read()->body.starts_with("GET /gate"));
  for (int i = 0; i < 20; ++i)
    CHECK(client.read()->body.starts_with("GET /a" + std::to_string(i) + '\n'));
}

} // namespace tinybook::http
