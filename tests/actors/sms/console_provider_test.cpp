#include "actors/sms/console_provider.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace tinybook {

namespace {

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
  std::ostringstream out;
  const auto sent = make_console_provider(out)->send(login_code(), {});
  CHECK(sent.kind == outcome_class::delivered);
  CHECK(out.str().starts_with("SMS to +8613800138000: 424242 is your tinybook log-in"));
  CHECK(out.str().find('\n') == out.str().size() - 1);
}

TEST_CASE("the console provider rejects what it cannot render, without quoting it") {
  std::ostringstream out;
  auto message = login_code();
  message.template_name = "no_such";
  const auto sent = make_console_provider(out)->send(message, {});
  CHECK(sent.kind == outcome_class::rejected);
  CHECK(sent.text.find("424242") == std::string::npos);
  CHECK(out.str().empty());
}

TEST_CASE("a closed output is a provider that is down") {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  CHECK(make_console_provider(out)->send(login_code(), {}).kind
        == outcome_class::provider_down);
}

} // namespace tinybook
