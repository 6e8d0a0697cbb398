#include "actors/sms/console_provider.hpp"
#include "tests/support/output_pipe.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace tinybook {

using namespace std::chrono_literals;
using test::output_pipe;

namespace {

constexpr auto some_time = 5s;

outgoing_sms login_code() {
  outgoing_sms out;
  out.phone = "+8613800138000";
  out.template_name = "login_code";
  out.parameters = {{"code", "424242"}, {"minutes", "10"}};
  out.lang = language::en;
  return out;
}

} // namespace

TEST_CASE("the console provider prints one line with phone and text") {
  output_pipe out;
  const auto sent = make_console_provider(out.writer())->send(login_code(), some_time);
  CHECK(sent.kind == outcome_class::delivered);
  const auto line = out.read_all();
  CHECK(line.starts_with("SMS to +8613800138000: 424242 is your tinybook log-in"));
  CHECK(line.find('\n') == line.size() - 1);
}

TEST_CASE("the console provider rejects what it cannot render, without quoting it") {
  output_pipe out;
  auto message = login_code();
  message.template_name = "no_such";
  const auto sent = make_console_provider(out.writer())->send(message, some_time);
  CHECK(sent.kind == outcome_class::rejected);
  CHECK(sent.text.find("424242") == std::string::npos);
  CHECK(out.read_all().empty());
}

TEST_CASE("a closed output is a provider that is down") {
  output_pipe out;
  out.close_reader();
  CHECK(make_console_provider(out.writer())->send(login_code(), some_time).kind
        == outcome_class::provider_down);
}

TEST_CASE("an output that nobody reads is a provider that is down, at the deadline") {
  output_pipe out;
  out.fill();
  const auto sent = make_console_provider(out.writer())->send(login_code(), 200ms);
  CHECK(sent.kind == outcome_class::provider_down);
  CHECK(sent.text == "nobody reads the output");
}

} // namespace tinybook
