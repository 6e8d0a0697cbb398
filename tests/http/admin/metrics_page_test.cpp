#include "http/admin/actor_json.hpp"
#include "http/admin/metrics_page.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

namespace {

actor_report reported(const std::string& name, const std::string& kind, gauge one,
                      const std::string& provider = "") {
  actor_report actor;
  actor.name = name;
  actor.kind = kind;
  actor.own.gauges.push_back(std::move(one));
  if (!provider.empty())
    actor.own.labels = {{"provider", provider}};
  return actor;
}

std::string rendered(const actor_report& actor) {
  metrics_page page;
  page.update({{actor}});
  return page.render();
}

} // namespace

TEST_CASE("gauges of senders and monitors bear the name of their provider") {
  CHECK(rendered(reported("sms-sender-hook", "sms sender", {"share", 0.5, 1}, "hook"))
            .find("tinybook_actor_gauge{actor=\"sms-sender-hook\",kind=\"sms sender\","
                  "gauge=\"share\",provider=\"hook\"} 0.5")
        != std::string::npos);
  CHECK(rendered(reported("sms-monitor-hook", "error-rate monitor", {"error_rate", 0.25},
                          "hook"))
            .find("gauge=\"error_rate\",provider=\"hook\"} 0.25")
        != std::string::npos);
}

TEST_CASE("gauges of the supervisor about one provider are told apart by it") {
  const auto budget = reported("sms-failover", "failover supervisor",
                               {"retry_budget_left", 3, -1, {{"provider", "hook"}}});
  CHECK(rendered(budget).find("gauge=\"retry_budget_left\",provider=\"hook\"} 3")
        != std::string::npos);
  std::string json;
  json_writer w(json);
  write_actor(w, budget);
  CHECK(json.find(R"({"name":"retry_budget_left.hook","value":3,"limit":null})")
        != std::string::npos);
  CHECK(rendered(
            reported("sms-failover", "failover supervisor", {"delivered_within_5s", 7}))
            .find("gauge=\"delivered_within_5s\"} 7")
        != std::string::npos);
}

TEST_CASE("gauges of all other actors stay as they are told") {
  CHECK(rendered(reported("http-ingress", "ingress", {"in_flight.accounts", 2}))
            .find("gauge=\"in_flight.accounts\"} 2")
        != std::string::npos);
}

} // namespace tinybook::http
