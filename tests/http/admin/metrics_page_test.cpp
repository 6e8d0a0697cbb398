#include "http/admin/metrics_page.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

namespace {

std::string rendered(const std::string& name, const std::string& kind, gauge one) {
  actor_report actor;
  actor.name = name;
  actor.kind = kind;
  actor.own.gauges.push_back(std::move(one));
  metrics_page page;
  page.keep({{actor}});
  return page.render();
}

} // namespace

TEST_CASE("gauges of senders and monitors bear the name of their provider") {
  CHECK(rendered("sms-sender-hook", "sms sender", {"share", 0.5, 1})
            .find("tinybook_actor_gauge{actor=\"sms-sender-hook\",kind=\"sms sender\","
                  "gauge=\"share\",provider=\"hook\"} 0.5")
        != std::string::npos);
  CHECK(rendered("sms-monitor-hook", "error-rate monitor", {"error_rate", 0.25})
            .find("gauge=\"error_rate\",provider=\"hook\"} 0.25")
        != std::string::npos);
}

TEST_CASE("gauges of the supervisor about one provider are told apart by it") {
  CHECK(rendered("sms-failover", "failover supervisor", {"retry_budget_left.hook", 3})
            .find("gauge=\"retry_budget_left\",provider=\"hook\"} 3")
        != std::string::npos);
  CHECK(rendered("sms-failover", "failover supervisor", {"delivered_within_5s", 7})
            .find("gauge=\"delivered_within_5s\"} 7")
        != std::string::npos);
}

TEST_CASE("gauges of all other actors stay as they are told") {
  CHECK(rendered("http-ingress", "ingress", {"in_flight.accounts", 2})
            .find("gauge=\"in_flight.accounts\"} 2")
        != std::string::npos);
}

} // namespace tinybook::http
