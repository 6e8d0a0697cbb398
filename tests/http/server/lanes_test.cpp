#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

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

TEST_CASE("waiting handlers get a thread each and do not hold up the fast lane") {
  test_server server;
  auto clients = block(server, 32);
  CHECK(eventually([&] { return server.blocked.waiting() == 32; }));
  CHECK(server.engine.stats().waiting_threads == 32);
  CHECK(server.engine.stats().waiting_in_flight == 32);

  raw_client fast(server.port());
  for (int i = 0; i < 1'000; ++i) {
    fast.send(get("/fast"));
    REQUIRE(fast.read()->status == 200);
  }
  CHECK(server.blocked.waiting() == 32);

  server.blocked.open();
  for (auto& client : clients)
    CHECK(client.read()->status == 200);
  CHECK(eventually([&] { return server.engine.stats().waiting_in_flight == 0; }));
}

TEST_CASE("waiting threads end after they had nothing to do") {
  auto options = default_options();
  options.waiting_thread_idle = std::chrono::milliseconds{50};
  test_server server(options);
  auto clients = block(server, 8);
  CHECK(eventually([&] { return server.blocked.waiting() == 8; }));
  server.blocked.open();
  CHECK(eventually([&] { return server.engine.stats().waiting_threads == 0; }));
  CHECK(ask(server.port(), get("/a"))->status == 200); // And start again.
}

TEST_CASE("a lone client of the waiting lane is served by one thread") {
  test_server server;
  raw_client client(server.port());
  for (int i = 0; i < 200; ++i) {
    client.send(get("/a"));
    REQUIRE(client.read()->status == 200);
    REQUIRE(eventually([&] { return server.engine.stats().idle_waiting_threads == 1; }));
  }
  CHECK(server.engine.stats().waiting_threads == 1);
}

TEST_CASE(
    "a request beyond the bound in flight is answered 503 at once and may come again") {
  auto options = default_options();
  options.max_in_flight = 4;
  test_server server(options);
  auto clients = block(server, 4);
  CHECK(eventually([&] { return server.blocked.waiting() == 4; }));

  raw_client refused(server.port());
  refused.send(get("/a"));
  auto answer = refused.read();
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->headers["retry-after"] == "1");
  CHECK(answer->headers.count("connection") == 0);
  CHECK(server.engine.stats().refused_in_flight == 1);

  server.blocked.open();
  CHECK(eventually([&] { return server.engine.stats().waiting_in_flight == 0; }));
  refused.send(get("/a"));
  CHECK(refused.read()->status == 200);
}

TEST_CASE("requests beyond the threads but within the bound wait their turn") {
  auto options = default_options();
  options.max_workers = 2;
  test_server server(options);
  auto clients = block(server, 6);
  CHECK(eventually([&] { return server.engine.stats().waiting_queued == 4; }));
  CHECK(server.engine.stats().waiting_threads == 2);
  server.blocked.open();
  for (auto& client : clients)
    CHECK(client.read()->status == 200);
}

TEST_CASE("a client that leaves while its handler waits harms nobody") {
  test_server server;
  auto clients = block(server, 8);
  CHECK(eventually([&] { return server.blocked.waiting() == 8; }));
  clients.clear();
  server.blocked.open();
  CHECK(eventually([&] { return server.engine.stats().open_connections == 0; }));
  CHECK(ask(server.port(), get("/a"))->status == 200);
}

} // namespace tinybook::http
