#include "http/commands/commands.hpp"
#include "tests/http/providers/scripted_receiver.hpp"
#include "tests/support/free_port.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

using namespace std::chrono_literals;
using config::exit_code;

TEST_CASE("a probe succeeds with 200 alone, and says what it saw") {
  for (const auto* status : {"200 OK", "204 No Content", "302 Found", "503 Busy"}) {
    scripted_receiver server{[status](const auto&) -> scripted_receiver::reaction {
      return {http_answer(status, "Location: /elsewhere\r\n")};
    }};
    const auto end = http::probe(server.url(), 10s);
    const std::string code{status, 3};
    CHECK((end.code == exit_code::ok) == (code == "200"));
    CHECK(end.output + end.errors == server.url() + ": " + code + "\n");
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("a probe ends within its bound, whatever the server does") {
  SUBCASE("it says nothing") {
    scripted_receiver server{[](const auto&) -> scripted_receiver::reaction {
      return {"", false, true};
    }};
    CHECK(http::probe(server.url(), 50ms).errors
          == server.url() + ": no whole answer in time\n");
  }
  SUBCASE("it announces more than it sends") {
    scripted_receiver server{[](const auto&) -> scripted_receiver::reaction {
      return {"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nx", false};
    }};
    CHECK(http::probe(server.url(), 50ms).code == exit_code::failed);
  }
  SUBCASE("it speaks another language") {
    scripted_receiver server{[](const auto&) -> scripted_receiver::reaction {
      return {"220 mail ready\r\n"};
    }};
    CHECK(http::probe(server.url(), 10s).errors
          == server.url() + ": no answer in time, or none that HTTP knows\n");
  }
}

TEST_CASE("a probe of nobody, and of what is no address of a server") {
  const auto url = "http://127.0.0.1:" + std::to_string(free_port()) + "/readyz";
  CHECK(http::probe(url, 10s).errors == url + ": nobody listens there\n");
  for (const auto* wrong : {"", "127.0.0.1:8081", "https://127.0.0.1/", "ftp://a/"})
    CHECK(http::probe(wrong, 10s).code == exit_code::bad_usage);
}

} // namespace tinybook::test
