#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <vector>

namespace tinybook::http {

namespace {

using std::chrono::milliseconds;

std::future<std::size_t> start_drain(test_server& server, milliseconds bound) {
  return std::async(std::launch::async,
                    [&server, bound] { return server.engine.drain(bound); });
}

bool refuses(std::uint16_t port) {
  raw_client client(port);
  return client.is_closed(milliseconds{0});
}

} // namespace

TEST_CASE("a request in flight when the drain begins is answered, and says close") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/gate"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  auto drained = start_drain(server, raw_client::patience);
  CHECK(eventually([&] { return refuses(server.port()); }));
  server.blocked.open();
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->headers["connection"] == "close");
  CHECK(client.is_closed());
  CHECK(drained.get() == 0);
}

TEST_CASE("pipelined requests that were received when the drain began are all answered") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/gate") + get("/fast") + get("/a"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  auto drained = start_drain(server, raw_client::patience);
  CHECK(eventually([&] { return refuses(server.port()); }));
  server.blocked.open();
  CHECK(client.read()->headers.count("connection") == 0);
  CHECK(client.read()->headers.count("connection") == 0);
  CHECK(client.read()->headers["connection"] == "close");
  CHECK(drained.get() == 0);
}

TEST_CASE("a request that was arriving when the drain began is answered") {
  test_server server;
  raw_client client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  CHECK(eventually([&] { return server.engine.stats().received_bytes > 40; }));
  auto drained = start_drain(server, raw_client::patience);
  CHECK(eventually([&] { return refuses(server.port()); }));
  client.send("llo");
  CHECK(client.read()->status == 200);
  CHECK(drained.get() == 0);
}

TEST_CASE("a busy client loses no request to a drain") {
  test_server server;
  std::atomic<std::size_t> answered{0};
  std::vector<std::future<bool>> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(std::async(std::launch::async, [&server, &answered, i] {
      raw_client client(server.port());
      while (true) {
        if (!client.send(get(i % 2 == 0 ? "/fast" : "/a")))
          return false;
        auto answer = client.read();
        if (!answer || answer->status != 200)
          return false;
        ++answered;
        if (answer->headers["connection"] == "close")
          return true;
      }
    }));
  CHECK(eventually([&] { return answered.load() > 500; }));
  CHECK(server.engine.drain(raw_client::patience) == 0);
  for (auto& client : clients)
    CHECK(client.get());
}

TEST_CASE("a request that comes soon after the drain began is answered, and says close") {
  auto options = default_options();
  options.drain_quiet = raw_client::patience;
  test_server server(options);
  raw_client client(server.port());
  client.send(get("/fast"));
  CHECK(client.read()->status == 200);
  auto drained = start_drain(server, raw_client::patience);
  CHECK(eventually([&] { return refuses(server.port()); }));
  client.send(get("/a"));
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->headers["connection"] == "close");
  client.finish_sending();
  CHECK(drained.get() == 0);
}

TEST_CASE("from the announcement of the end each answer says close, and newcomers are "
          "served still") {
  test_server server;
  raw_client open(server.port());
  open.send(get("/fast"));
  CHECK_FALSE(open.read()->headers.contains("connection"));
  server.engine.announce_end();
  for (const auto* path : {"/fast", "/a"}) {
    raw_client fresh(server.port());
    fresh.send(get(path));
    auto answer = fresh.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->headers["connection"] == "close");
    fresh.finish_sending();
    CHECK(fresh.is_closed());
  }
  open.send(get("/fast") + get("/a"));
  CHECK(open.read()->status == 200);
  CHECK(open.read()->headers["connection"] == "close"); // Of what had come in, the last.
}

TEST_CASE("idle connections do not hold up a drain") {
  test_server server;
  std::vector<raw_client> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get("/fast"));
    CHECK(clients.back().read()->status == 200);
  }
  auto before = std::chrono::steady_clock::now();
  CHECK(server.engine.drain(raw_client::patience) == 0);
  CHECK(std::chrono::steady_clock::now() - before < milliseconds{2'000});
  CHECK(std::ranges::all_of(clients, [](auto& client) { return client.is_closed(); }));
}

TEST_CASE("what is still partial at the bound is answered 503 and counted as cut off") {
  test_server server;
  raw_client client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  CHECK(eventually([&] { return server.engine.stats().received_bytes > 40; }));
  CHECK(server.engine.drain(milliseconds{50}) == 1);
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->body == "{\"error\":\"draining\"}");
}

TEST_CASE(
    "a handler that runs over the bound is cut off, and the drain waits for its end") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/gate"));
  CHECK(eventually([&] { return server.blocked.waiting() == 1; }));
  auto drained = start_drain(server, milliseconds{50});
  CHECK(client.is_closed());
  server.blocked.open();
  CHECK(drained.get() == 1);
}

TEST_CASE("after stop_accepting open connections are served on and new ones refused") {
  test_server server;
  raw_client client(server.port());
  client.send(get("/fast"));
  CHECK(client.read()->status == 200);
  server.engine.stop_accepting();
  CHECK(refuses(server.port()));
  client.send(get("/a"));
  CHECK(client.read()->headers.count("connection") == 0);
}

TEST_CASE("a connection that was waiting in the backlog is served") {
  test_server server;
  std::vector<raw_client> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get("/fast"));
  }
  CHECK(server.engine.drain(raw_client::patience) == 0);
  CHECK(std::ranges::all_of(clients, [](auto& client) {
    auto answer = client.read();
    return answer && answer->status == 200;
  }));
}

} // namespace tinybook::http
