#include "http/auth/cookies.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook::http {

namespace {

cookie_signer signer(std::uint64_t seed = 1) {
  seeded_random random{seed};
  return cookie_signer(std::make_shared<const keyring>(keyring::generate(random)));
}

} // namespace

TEST_CASE("cookies are found by their exact name among others, the first four of it") {
  using values = std::vector<std::string_view>;
  CHECK(find_cookies("a=1; tb_sms=x.y.z; b=2", "tb_sms") == values{"x.y.z"});
  CHECK(find_cookies("tb_sms=a=b", "tb_sms") == values{"a=b"});
  CHECK(find_cookies("xtb_sms=1;tb_sms2=2;tb_sms=", "tb_sms").empty());
  CHECK(find_cookies("", "tb_sms").empty());
  CHECK(find_cookies("n=1;n=2; n=3;x=0;n=4;n=5", "n") == values{"1", "2", "3", "4"});
  CHECK(rc::check("no crash", [](const std::string& header) {
    (void)find_cookies(header, "tb_sms");
  }));
}

TEST_CASE("cookies are out of reach of scripts and other sites") {
  CHECK(make_cookie("tb_sms", "v", std::chrono::seconds{600}, false)
        == "tb_sms=v; Path=/; Max-Age=600; HttpOnly; SameSite=Lax");
  CHECK(
      make_cookie("tb_sms", "v", std::chrono::seconds{600}, true).ends_with("; Secure"));
}

TEST_CASE("a signed id comes back, for the same cookie and key only") {
  auto ours = signer();
  auto value = ours.sign("tb_sms", "asker1");
  CHECK(ours.verify("tb_sms", value) == "asker1");
  CHECK(ours.verify("tb_other", value).empty());
  CHECK(signer(2).verify("tb_sms", value).empty());
}

TEST_CASE("any change of a signed value is noticed") {
  auto ours = signer();
  auto value = ours.sign("tb_sms", "asker1");
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto changed = value;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(ours.verify("tb_sms", changed).empty());
  }
  CHECK(rc::check("no forgery", [&](const std::string& bytes) {
    RC_ASSERT(ours.verify("tb_sms", bytes).empty());
  }));
}

} // namespace tinybook::http
