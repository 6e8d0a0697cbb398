#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/page_browser.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

namespace {

/// Behind a proxy that it trusts, so that each client says where it comes from; `limits`
/// as `--set` takes them.
running_server server_with(const std::vector<std::string>& limits) {
  std::vector<std::string> options{"--set", "http.trusted_proxies=[\"127.0.0.1\"]"};
  for (const auto& one : limits) {
    options.emplace_back("--set");
    options.push_back(one);
  }
  return running_server{options};
}

client at(const running_server& server, const std::string& address) {
  auto out = server.browser();
  out.come_from(address);
  return out;
}

/// The first address of the `n`th /56 of 2001:db8:1::/48.
std::string of_the_48(int n) {
  return "2001:db8:1:" + std::to_string(n) + "00::1";
}

std::string phone_number_of(int n) {
  return "138001380" + std::to_string(10 + n);
}

/// A 429 that names `rule`, and when to come back.
void check_limited(const answer& a, const std::string& rule) {
  CHECK(a.status == 429);
  CHECK(a.body.value("rule", "") == rule);
  CHECK(std::stoi(a.header("Retry-After")) >= 1);
}

} // namespace

TEST_CASE("a flood of codes from one /48 of IPv6 is held while others go on") {
  const auto server = server_with(
      {"codes.sends_per_address_hour=2", "limits.times_in_56=2", "limits.times_in_48=3"});
  int sent = 0;
  for (int n = 0; n < 20; ++n) {
    const auto a = at(server, of_the_48(n)).send_code(phone_number_of(n));
    if (a.status == 200)
      ++sent;
    else
      check_limited(a, "codes.sends_per_network_hour");
  }
  CHECK(sent == 6);
  CHECK(at(server, "2001:db8:2::1").send_code("13800138050").status == 200);
  CHECK(at(server, "203.0.113.5").send_code("13800138051").status == 200);
}

TEST_CASE("a flood of wrong passwords from one /48 of IPv6 is held, and others log in") {
  const auto server =
      server_with({"login.failures_per_address=2", "limits.times_in_48=3"});
  const auto ann = server.person("ann");
  int compared = 0;
  for (int n = 0; n < 20; ++n) {
    const auto a = at(server, of_the_48(n))
                       .log_in("user" + std::to_string(n) + "@example.org", "a guess");
    if (a.status == 401) {
      ++compared;
      continue;
    }
    check_limited(a, "login.failures_per_network");
    CHECK(says(a.body.value("msg", ""), "a code by SMS instead"));
  }
  CHECK(compared == 6);
  CHECK(at(server, "2001:db8:2::1").log_in("ann@example.org", "correct horse").status
        == 200);
  CHECK(at(server, "203.0.113.5").log_in("ann@example.org", "correct horse").status
        == 200);
}

TEST_CASE(
    "an owner on a known device gets a code and logs in while strangers flood their "
    "phone and e-mail") {
  const auto server = server_with({"codes.resend_interval=0s"});
  const std::string phone = "13800138000";
  auto ann = server.person("ann");
  REQUIRE(ann.post("/users/phone/code/send", {{"phone", phone}}).status == 200);
  const auto bind = server.code_for("+86" + phone);
  REQUIRE(ann.post("/users/phone/bind", {{"phone", phone}, {"code", bind}}).status
          == 200);
  answer refused;
  const auto flood_from = [&](const std::string& start, const std::string& end) {
    refused = {};
    for (int n = 0; n < 200 && refused.status != 429; ++n) // 409: one is on its way.
      refused = at(server, start + std::to_string(n) + end).send_code(phone);
  };
  flood_from("203.0.113.", "");
  check_limited(refused, "codes.elsewhere_share");
  flood_from("203.0.", ".1");
  check_limited(refused, "codes.sends_per_phone_hour");
  for (int n = 0; n < 11; ++n)
    refused = at(server, "203.0." + std::to_string(n) + ".1")
                  .log_in("ann@example.org", "a guess");
  check_limited(refused, "login.failures_per_account");
  CHECK(at(server, "198.51.100.7").log_in("ann@example.org", "correct horse").status
        == 429);
  CHECK(at(server, "198.51.100.7").send_code(phone).status == 429);

  ann.log_out();
  CHECK(ann.log_in("ann@example.org", "correct horse").status == 200);
  ann.log_out();
  REQUIRE(ann.send_code(phone).status == 200);
  CHECK(ann.log_in_by_code(phone, server.code_for("+86" + phone)).status == 200);
  CHECK(ann.get("/users/profile").body["Email"] == "ann@example.org");
}

TEST_CASE("the page of a log-in that is one too many shows the way by code, in both "
          "languages, whether there is such an account or not") {
  const auto server = server_with({"login.failures_per_account=1"});
  (void)server.person("ann");
  for (const auto* email : {"ann@example.org", "nobody@example.org"})
    for (const bool chinese : {false, true}) {
      CAPTURE(email);
      page_browser b{server.process->port()};
      b.more.emplace("Accept-Language", chinese ? "zh" : "en");
      auto page = b.get("/login");
      for (int i = 0; i < 2; ++i)
        page = b.send(page, "/login", {{"email", email}, {"password", "a guess"}});
      CHECK(page.status == 429);
      CHECK(page.has(chinese ? "改用短信验证码登录" : "a code by SMS instead"));
      CHECK(page.has("href=\"/login/code\""));
      CHECK_FALSE(page.header("Retry-After").empty());
    }
}

TEST_CASE("all codes together have a ceiling, and log and status warn before it") {
  const auto server = server_with({"codes.sends_per_hour=5"});
  for (int n = 0; n < 5; ++n)
    CHECK(at(server, "203.0." + std::to_string(n) + ".1")
              .send_code(phone_number_of(n))
              .status
          == 200);
  CHECK(server.process->wait_output("send_ceiling_near", std::chrono::seconds{10}, true));
  check_limited(at(server, "198.51.100.7").send_code("13800138099"),
                "codes.sends_per_hour");
  const auto shown = server.admin().get("/metrics").text;
  CHECK(says(shown, "ceiling.hour.alarmed\"} 1"));
}

} // namespace tinybook::test
