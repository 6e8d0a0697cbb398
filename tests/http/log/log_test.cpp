#include "http/log/log.hpp"
#include "http/log/redact.hpp"
#include "tests/support/output_pipe.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <array>
#include <memory>
#include <rapidcheck.h>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

namespace tinybook::http {

using config::log_format;
using config::log_level;

TEST_CASE("a redacted text shows no code, phone, token or e-mail address") {
  CHECK(redact("code 123456 is wrong") == "code *** is wrong");
  CHECK(redact("to +8613800138000 failed") == "to +*** failed");
  CHECK(redact("138 0013-8000") == "***");
  CHECK(redact("eyJhbGciOiJIUzI1NiJ9.eyJ1aWQiOjF9.c2lnbmF0dXJl") == "***");
  CHECK(redact("user someone@example.org") == "user s***@example.org");
}

TEST_CASE("a redacted text keeps what helps to find the cause") {
  CHECK(redact("accounts did not answer in time after 5000 ms")
        == "accounts did not answer in time after 5000 ms");
  CHECK(redact("data/tinybook.db: disk full (13)") == "data/tinybook.db: disk full (13)");
}

TEST_CASE("what the request carried in secret fields is hidden wherever it stands") {
  std::array<std::string_view, 2> secrets{"hunter2!", "x"};
  CHECK(redact("no such column hunter2! in xyz", secrets) == "no such column *** in xyz");
}

TEST_CASE("redaction leaves no run of six digits, whatever the text") {
  CHECK(rc::check("no long number", [] {
    auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string{"0123456789 -a@.+"}));
    std::size_t digits = 0;
    for (char c : redact(text)) {
      digits = c >= '0' && c <= '9' ? digits + 1 : 0;
      RC_ASSERT(digits < 6U);
    }
  }));
}

TEST_CASE("a JSON line is one line of valid JSON for any content") {
  CHECK(rc::check("valid", [](const std::string& a, const std::string& b) {
    std::array fields{log_field{"a", a}, untrusted("b", b),
                      log_field{"n", std::int64_t{7}}, log_field{"d", 0.25}};
    auto line =
        render_log_line(log_format::json, "now", log_level::warn, "tested", fields);
    RC_ASSERT(line.find('\n') == std::string::npos);
    auto read = nlohmann::json::parse(line);
    RC_ASSERT(read["n"] == 7);
    RC_ASSERT(read["level"] == "warn");
  }));
}

TEST_CASE("a text line stays one line, so that nobody can forge another") {
  std::array fields{log_field{"a", "x\n2024 ERROR forged"}, log_field{"b", "plain"}};
  auto line = render_log_line(log_format::text, "now", log_level::info, "tested", fields);
  CHECK(line == R"(now INFO tested a="x\n2024 ERROR forged" b=plain)");
}

TEST_CASE("lines below the level are not written, and the level can change") {
  std::ostringstream out;
  log_writer log({log_level::warn, log_format::json},
                 std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  log.write(log_level::info, "quiet");
  CHECK(out.str().empty());
  log.set_level(log_level::info);
  log.write(log_level::info, "loud", {{"n", std::int64_t{1}}});
  log.flush();
  CHECK(nlohmann::json::parse(out.str())["event"] == "loud");
}

TEST_CASE("a reader that is stuck holds nobody up, and what was dropped is told") {
  tinybook::test::output_pipe out;
  out.fill();
  constexpr std::int64_t lines = 20'000; // Far more than may wait.
  auto log = std::make_unique<log_writer>(config::log_settings{}, out.writer());
  for (std::int64_t n = 0; n < lines; ++n)
    log->write(log_level::info, "counted", {{"n", n}});
  std::string got;
  std::thread reader{[&] {
    got = out.read_until("n=19999\n");
  }};
  log.reset();
  reader.join();
  std::int64_t read = 0;
  for (auto at = got.find(" counted "); at != got.npos;
       at = got.find(" counted ", at + 1))
    ++read;
  // Told once or, where its thread came to the first line late, twice.
  constexpr std::string_view drops = " log_lines_dropped lines=";
  std::int64_t told = 0;
  for (auto at = got.find(drops); at != got.npos; at = got.find(drops, at + 1))
    told += std::stoll(got.substr(at + drops.size()));
  CHECK(told > 0);
  CHECK(told == lines - read);
  CHECK(got.find(" counted n=19999\n") != got.npos);
}

TEST_CASE("a log that nobody ever reads does not hold up the end") {
  tinybook::test::output_pipe out;
  out.fill();
  log_writer log{config::log_settings{}, out.writer()};
  for (std::int64_t n = 0; n < 100; ++n)
    log.write(log_level::error, "counted", {{"n", n}});
  log.flush();
}

} // namespace tinybook::http
