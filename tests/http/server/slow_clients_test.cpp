#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

namespace tinybook::http {

namespace {

using std::chrono::milliseconds;

server_options impatient() {
  auto options = default_options();
  options.idle_timeout = milliseconds{300};
  options.head_timeout = milliseconds{300};
  options.body_timeout = milliseconds{300};
  options.write_timeout = milliseconds{300};
  options.linger_timeout = milliseconds{300};
  return options;
}

void check_timed_out(raw_client& client) {
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == 408);
  CHECK(answer->body == "{\"error\":\"request_timeout\"}");
  CHECK(client.is_closed());
}

milliseconds processor_time() {
  rusage used{};
  (void)::getrusage(RUSAGE_SELF, &used);
  auto of = [](const timeval& t) {
    return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec};
  };
  return std::chrono::duration_cast<milliseconds>(of(used.ru_utime) + of(used.ru_stime));
}

} // namespace

TEST_CASE("a head that does not arrive in time is answered 408") {
  test_server server(impatient());
  raw_client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost:");
  check_timed_out(client);
  CHECK(server.engine.stats().refused_timeout == 1);
}

TEST_CASE("a body that does not arrive in time is answered 408, chunked or not") {
  test_server server(impatient());
  raw_client plain(server.port());
  plain.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  raw_client chunked(server.port());
  chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
  check_timed_out(plain);
  check_timed_out(chunked);
}

TEST_CASE("a body that comes slowly but steadily is taken, one that comes too slowly is "
          "not, and none takes forever") {
  auto options = impatient();
  std::size_t bytes = 200;
  milliseconds pause{5}; // So the whole takes longer than any one bound of silence.
  int status = 200;
  SUBCASE("steadily") {
    options.min_bytes_per_second = 1;
    options.body_timeout = milliseconds{250};
  }
  SUBCASE("below the least rate") {
    options.min_bytes_per_second = 100'000;
    bytes = 100'000;
    status = 408;
  }
  SUBCASE("beyond the longest time") {
    options.min_bytes_per_second = 1;
    options.max_body_time = milliseconds{400};
    bytes = 1'000; // Some five seconds of them.
    status = 408;
  }
  test_server server(options);
  raw_client client(server.port());
  client.send("POST /article HTTP/1.1\r\nHost: x\r\nContent-Length: "
              + std::to_string(bytes) + "\r\n\r\n");
  raw_client clock(server.port()); // Its answers are what time is measured by.
  for (std::size_t sent = 0; sent < bytes && !client.has_data(); ++sent) {
    if (!client.send("x"))
      break;
    const auto until = std::chrono::steady_clock::now() + pause;
    while (std::chrono::steady_clock::now() < until) {
      clock.send(get("/fast"));
      REQUIRE(clock.read());
    }
  }
  auto answer = client.read();
  REQUIRE(answer);
  CHECK(answer->status == status);
}

TEST_CASE("an answer is taken as slowly as the least rate allows, and no slower") {
  auto options = impatient();
  bool steady = true;
  SUBCASE("steadily") {
    options.min_bytes_per_second = 1;
  }
  SUBCASE("below the least rate") {
    options.min_bytes_per_second = std::size_t{100} * 1024 * 1024;
    steady = false;
  }
  test_server server(options);
  raw_client slow(server.port(), 4096);
  slow.send(get("/fast/big"));
  raw_client clock(server.port());
  const auto until = std::chrono::steady_clock::now() + milliseconds{900};
  std::size_t taken = 0;
  while (std::chrono::steady_clock::now() < until) {
    taken += slow.take_some(64);
    clock.send(get("/fast"));
    REQUIRE(clock.read());
  }
  CHECK(taken > 0);
  CHECK(server.engine.stats().slow_readers_cut == (steady ? 0 : 1));
}

TEST_CASE("a client that drips is answered 408 while others are served") {
  test_server server(impatient());
  std::vector<raw_client> drips;
  for (int i = 0; i < 200; ++i)
    drips.emplace_back(server.port());
  std::string request = "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(2'000'000, 'a');
  raw_client other(server.port());
  std::size_t sent = 0;
  std::size_t served = 0;
  while (!std::ranges::all_of(drips, [](const auto& one) { return one.has_data(); })) {
    REQUIRE(sent < request.size());
    for (auto& one : drips)
      one.send(request.substr(sent, 1));
    ++sent;
    other.send(get("/a"));
    REQUIRE(other.read()->status == 200);
    ++served;
  }
  CHECK(served > 0);
  for (auto& one : drips)
    CHECK(one.read()->status == 408);
}

TEST_CASE(
    "a connection between requests is closed without a word after the idle timeout") {
  test_server server(impatient());
  raw_client silent(server.port());
  raw_client served(server.port());
  served.send(get("/a"));
  CHECK(served.read()->status == 200);
  CHECK_FALSE(silent.read());
  CHECK_FALSE(served.read());
  CHECK(silent.is_closed());
  CHECK(served.is_closed());
}

TEST_CASE("each request gives a connection its whole idle timeout again") {
  test_server server(impatient());
  raw_client client(server.port());
  auto until = std::chrono::steady_clock::now() + 3 * impatient().idle_timeout;
  while (std::chrono::steady_clock::now() < until) {
    client.send(get("/fast"));
    REQUIRE(client.read());
  }
}

TEST_CASE("a handler may take longer than the client's own deadlines") {
  test_server server(impatient());
  raw_client client(server.port());
  client.send(get("/gate"));
  raw_client idle(server.port());
  CHECK(idle.is_closed()); // So long the handler has waited at least.
  server.blocked.open();
  CHECK(client.read()->status == 200);
}

TEST_CASE("a large answer reaches a client that reads slowly, in order with the next") {
  test_server server;
  raw_client client(server.port(), 4096);
  client.send(get("/fast/big") + get("/a"));
  auto big = client.read();
  REQUIRE(big);
  CHECK(big->body.size() == test_server::big_answer_bytes);
  CHECK(client.read()->status == 200);
}

TEST_CASE("a client that does not take its answer is cut off and harms nobody") {
  test_server server(impatient());
  std::vector<raw_client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(server.port(), 4096);
    clients.back().send(get("/fast/big"));
  }
  CHECK(ask(server.port(), get("/fast"))->status == 200);
  CHECK(eventually([&] { return server.engine.stats().slow_readers_cut == 20; }));
  CHECK(eventually([&] { return server.engine.stats().open_connections == 0; }));
}

TEST_CASE("two thousand idle connections are held, cost nothing and are all served") {
  auto options = default_options();
  options.max_connections_per_address = 0;
  test_server server(options);
  std::vector<raw_client> clients;
  for (int i = 0; i < 2'000; ++i)
    clients.emplace_back(server.port());
  CHECK(eventually([&] { return server.engine.stats().open_connections == 2'000; }));

  auto before = processor_time();
  // Measures a second in which nothing happens.
  CHECK_FALSE(clients.front().is_closed(milliseconds{1'000}));
  CHECK(processor_time() - before < milliseconds{50});

  for (auto& client : clients)
    client.send(get("/fast"));
  CHECK(std::ranges::all_of(clients,
                            [](auto& client) { return client.read()->status == 200; }));
}

} // namespace tinybook::http
