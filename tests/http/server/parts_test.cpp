#include "tests/http/server/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tinybook::http {

namespace {

constexpr auto all_parts =
    static_cast<std::size_t>(test_server::parts) * test_server::part_bytes;

std::string get_1_0(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.0\r\nHost: here\r\n\r\n";
}

} // namespace

TEST_CASE("an answer in parts is whole, and the connection goes on behind it") {
  test_server server;
  raw_client client(server.port());
  for (const auto* path : {"/parts", "/parts/later"}) {
    CAPTURE(path);
    client.send(get(path));
    client.send(get("/a"));
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->headers.at("transfer-encoding") == "chunked");
    CHECK_FALSE(answer->headers.contains("content-length"));
    const auto first = answer->body.find("bbbb");
    REQUIRE(first != std::string::npos);
    CHECK(answer->body.size() - first == all_parts);
    CHECK(client.read()->status == 200);
  }
  CHECK(eventually([&] { return server.engine.stats().serving == 0; }));
}

TEST_CASE("a client of old gets the parts until the connection ends") {
  test_server server;
  raw_client client(server.port());
  client.send(get_1_0("/parts"));
  CHECK(client.is_closed());
  CHECK(server.parts_made == test_server::parts + 1);
}

TEST_CASE("a head request makes no part") {
  test_server server;
  raw_client client(server.port());
  client.send("HEAD /parts HTTP/1.1\r\nHost: here\r\n\r\n");
  CHECK(client.read(true)->status == 200);
  CHECK(server.parts_made == 0);
  client.send(get("/a"));
  CHECK(client.read()->status == 200);
}

TEST_CASE("where a part fails the answer is cut off, and nothing of why is told") {
  test_server server;
  for (const auto* path : {"/parts/failing", "/parts/throwing"}) {
    CAPTURE(path);
    raw_client client(server.port());
    client.send(get(path));
    CHECK_FALSE(client.read()); // Not whole.
    CHECK(client.is_closed());
  }
  CHECK(eventually([&] {
    std::lock_guard lock(server.mutex);
    return server.thrown.size() == 1;
  }));
  CHECK(ask(server.port(), get("/a"))->status == 200);
}

TEST_CASE("parts are made as the client takes them, and not held for one that does not") {
  auto options = default_options();
  options.write_timeout = std::chrono::milliseconds{300};
  test_server server(options);
  raw_client client(server.port(), 4096);
  client.send(get("/parts/endless"));
  CHECK(eventually([&] { return server.engine.stats().slow_readers_cut == 1; }));
  const auto made = server.parts_made.load();
  CHECK(made < 200); // What sockets and one part hold, however long it lasts.
  CHECK(server.engine.stats().buffered_bytes < 4 * test_server::part_bytes);
  CHECK(eventually([&] { return server.engine.stats().open_connections == 0; }));
  CHECK(server.parts_made == made);
}

TEST_CASE("a client that goes away ends the parts") {
  test_server server;
  raw_client client(server.port(), 4096);
  client.send(get("/parts/endless"));
  CHECK(eventually([&] { return client.has_data(); }));
  client.reset();
  CHECK(eventually([&] { return server.engine.stats().open_connections == 0; }));
  CHECK(server.engine.stats().serving == 0);
}

} // namespace tinybook::http
