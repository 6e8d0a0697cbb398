#include "tests/support/provider_simulator/script.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE("a phase lasts until the next one begins") {
  const provider_script s{"0s ok; 10s fail status=500; 1m throttle retry-after=2s"};
  CHECK(s.at(9'999ms).now->what == behaviour::ok);
  CHECK(s.at(10s).now->what == behaviour::fail);
  CHECK(s.at(12s).now->status == 500);
  CHECK(s.at(12s).into == 2s);
  CHECK(s.at(60s).now->what == behaviour::throttle);
  CHECK(s.at(1h).now->retry_after == 2s);
}

TEST_CASE("before its first phase a provider is fine") {
  CHECK(provider_script{"5s hang"}.at(4s).now->what == behaviour::ok);
}

TEST_CASE("a partial outage concerns only the numbers that it names") {
  const provider_script s{"0s fail for=+44,+8613800138000"};
  const auto& c = *s.at(0s).now;
  CHECK(c.applies("+447911123456", 0s, 0));
  CHECK(c.applies("+8613800138000", 0s, 0));
  CHECK_FALSE(c.applies("+8613800138001", 0s, 0));
}

TEST_CASE("flapping takes turns with being fine") {
  const provider_script s{"0s fail period=2s"};
  const auto& c = *s.at(0s).now;
  CHECK(c.applies("+861", 1'999ms, 0));
  CHECK_FALSE(c.applies("+861", 2s, 0));
  CHECK(c.applies("+861", 4s, 0));
}

TEST_CASE("a share of the requests is concerned") {
  const provider_script s{"0s fail share=0.3"};
  const auto& c = *s.at(0s).now;
  CHECK(c.applies("+861", 0s, 0.29));
  CHECK_FALSE(c.applies("+861", 0s, 0.3));
}

TEST_CASE("a script that cannot be read says why") {
  for (const char* wrong :
       {"", "0s", "0s fly", "ten ok", "0s ok; 0s fail", "0s ok status", "0s ok status=x",
        "0s ok receipt=maybe", "0s fail retry-after=2"})
    CHECK_THROWS_AS(provider_script{wrong}, std::invalid_argument);
}

} // namespace tinybook::test
