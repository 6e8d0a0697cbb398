#include "http/admin/metrics_page.hpp"

#include "http/admin/metric_families.hpp"

#include <algorithm>
#include <array>

namespace tinybook::http {

namespace {

double in_seconds(std::chrono::nanoseconds d) {
  return std::chrono::duration<double>(d).count();
}

prometheus::ClientMetric::Summary summary_of(const latency_histogram& took) {
  prometheus::ClientMetric::Summary summary;
  summary.sample_count = took.count();
  summary.sample_sum = in_seconds(took.total());
  for (double q : {0.5, 0.95, 0.99})
    summary.quantile.push_back({q, in_seconds(took.quantile(q))});
  return summary;
}

void add_route(metric_families& to, std::string_view listener, const route* one,
               const route_meter& meter) {
  auto path = one != nullptr ? one->path : "unmatched";
  auto method = one != nullptr ? one->method : "any";
  // These also at zero: or else the first failure of a route would show no increase.
  constexpr std::array<std::size_t, 3> classes = {2, 4, 5};
  for (std::size_t first = 1; first < meter.by_class.size(); ++first)
    if (auto count = meter.by_class[first].load();
        count > 0 || std::ranges::find(classes, first) != classes.end())
      to.counter("tinybook_http_requests_total", "Answers by route and class of status.",
                 {{"listener", listener},
                  {"method", method},
                  {"route", path},
                  {"status", std::to_string(first) + "xx"}},
                 static_cast<double>(count));
  to.summary("tinybook_http_request_seconds", "Time from request to answer.",
             {{"listener", listener}, {"method", method}, {"route", path}},
             summary_of(meter.took));
}

void add_refusals(metric_families& to, std::string_view listener,
                  const server_stats& now) {
  const std::vector<std::pair<std::string_view, std::uint64_t>> refusals{
      {"bad_request", now.refused_bad_request},
      {"timeout", now.refused_timeout},
      {"body_too_large", now.refused_body_too_large},
      {"uri_too_long", now.refused_uri_too_long},
      {"head_too_large", now.refused_head_too_large},
      {"in_flight", now.refused_in_flight},
      {"connections", now.refused_connections},
      {"address", now.refused_per_address},
      {"buffers", now.refused_buffers},
      {"head", now.refused_by_head},
      {"draining", now.refused_draining},
      {"slow_reader", now.slow_readers_cut},
  };
  for (auto [why, count] : refusals)
    to.counter("tinybook_http_refused_total", "What the server refused before a handler.",
               {{"listener", listener}, {"reason", why}}, static_cast<double>(count));
}

void add_server(metric_families& to, std::string_view listener, const server_stats& now) {
  auto gauge = [&](std::string_view name, std::string_view help, std::size_t value) {
    to.gauge(name, help, {{"listener", listener}}, static_cast<double>(value));
  };
  auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    to.counter(name, help, {{"listener", listener}}, static_cast<double>(value));
  };
  gauge("tinybook_http_connections", "Open connections.", now.open_connections);
  gauge("tinybook_http_serving", "Requests whose answer is waited for.", now.serving);
  counter("tinybook_http_accepted_total", "Connections accepted.", now.accepted);
  counter("tinybook_http_idle_closed_total",
          "Idle connections that were closed for new ones.", now.idle_closed_for_new);
  gauge("tinybook_http_buffered_bytes",
        "Held of requests coming in and answers not taken.", now.buffered_bytes);
  counter("tinybook_http_exceptions_total", "Handlers that threw.", now.exceptions);
  counter("tinybook_http_received_bytes_total", "Bytes read.", now.received_bytes);
  counter("tinybook_http_sent_bytes_total", "Bytes written.", now.sent_bytes);
  add_refusals(to, listener, now);
}

void add_actor_gauges(metric_families& to, const actor_report& actor) {
  for (const auto& one : actor.own.gauges) {
    metric_labels labels{
        {"actor", actor.name}, {"kind", actor.kind}, {"gauge", one.name}};
    for (const auto* more : {&actor.own.labels, &one.labels})
      labels.insert(labels.end(), more->begin(), more->end());
    to.gauge("tinybook_actor_gauge", "What an actor tells about itself.", labels,
             one.value);
    if (one.limit >= 0)
      to.gauge("tinybook_actor_gauge_limit", "The bound of that gauge.", labels,
               one.limit);
  }
}

void add_actor(metric_families& to, const actor_report& actor) {
  metric_labels labels{{"actor", actor.name}, {"kind", actor.kind}};
  to.gauge("tinybook_actor_running", "1 while the actor works.", labels,
           actor.running ? 1 : 0);
  to.gauge("tinybook_actor_mailbox", "Messages that wait.", labels,
           static_cast<double>(actor.mailbox));
  to.gauge("tinybook_actor_pending_requests", "Requests not answered yet.", labels,
           static_cast<double>(actor.pending_requests));
  to.gauge("tinybook_actor_busy_seconds", "Age of the message at work.", labels,
           in_seconds(actor.busy_for));
  to.counter("tinybook_actor_restarts_total", "Restarts.", labels, actor.restarts);
  to.counter("tinybook_actor_handled_total", "Messages handled.", labels,
             static_cast<double>(actor.handled));
  to.counter("tinybook_actor_dropped_total",
             "Of these, requests whose deadline had passed.", labels,
             static_cast<double>(actor.dropped));
  const std::vector<std::pair<std::string_view, std::chrono::nanoseconds>> quantiles{
      {"0.5", actor.p50}, {"0.95", actor.p95}, {"0.99", actor.p99}};
  for (auto [q, took] : quantiles)
    to.gauge("tinybook_actor_handling_seconds", "Handling time of a message by quantile.",
             {{"actor", actor.name}, {"kind", actor.kind}, {"quantile", q}},
             in_seconds(took));
  add_actor_gauges(to, actor);
}

} // namespace

void metrics_page::add(listener_source listener) {
  std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void metrics_page::update(actor_reports latest) {
  std::lock_guard lock(mutex_);
  actors_ = std::move(latest);
}

std::string metrics_page::render() const {
  metric_families families;
  std::lock_guard lock(mutex_);
  for (const auto& listener : listeners_) {
    add_server(families, listener.name, listener.stats());
    for (const auto& one : listener.routes->table().all())
      add_route(families, listener.name, &one, listener.routes->of(&one));
    add_route(families, listener.name, nullptr, listener.routes->of(nullptr));
  }
  for (const auto& actor : actors_.actors)
    add_actor(families, actor);
  return families.text();
}

} // namespace tinybook::http
