#include "http/admin/actor_json.hpp"

#include "http/log/redact.hpp"
#include "http/text_tools.hpp"

#include <algorithm>
#include <chrono>

namespace tinybook::http {

namespace {

double ms(std::chrono::nanoseconds d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

void write_times(json_writer& w, const actor_report& actor) {
  w.key("handlingMs").begin_object();
  w.member("p50", ms(actor.p50))
      .member("p95", ms(actor.p95))
      .member("p99", ms(actor.p99));
  w.end_object();
}

void write_own(json_writer& w, const actor_status& own) {
  w.key("gauges").begin_array();
  for (const auto& one : own.gauges) {
    auto name = one.name;
    for (const auto& [label, value] : one.labels)
      name += '.' + value;
    w.begin_object().member("name", name).member("value", one.value).key("limit");
    if (one.limit < 0)
      w.null();
    else
      w.value(one.limit);
    w.end_object();
  }
  w.end_array().key("facts").begin_object();
  for (const auto& fact : own.facts)
    w.member(fact.name, fact.value);
  w.end_object();
}

/// A time span in its largest unit, rounded down.
std::string rough(std::chrono::nanoseconds span) {
  using namespace std::chrono;
  const auto seconds = std::max(duration_cast<std::chrono::seconds>(span).count(),
                                std::chrono::seconds::rep{0});
  if (seconds < 120)
    return std::to_string(seconds) + " s";
  if (seconds < 7'200)
    return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800)
    return std::to_string(seconds / 3'600) + " h";
  return std::to_string(seconds / 86'400) + " d";
}

void write_health(json_writer& w, const health& how) {
  w.key("health").begin_object().member("state", to_string(how.level));
  w.member("reason", redact(how.reason));
  write_time(w, "since", how.since);
  w.end_object();
}

} // namespace

void write_actor(json_writer& w, const actor_report& actor) {
  w.begin_object().member("name", actor.name).member("kind", actor.kind);
  w.member("parent", actor.parent).member("state", actor.state);
  w.member("uptimeMs", actor.uptime.count()).member("restarts", actor.restarts);
  write_health(w, actor.how);
  // The text of an exception may hold anything.
  w.member("lastError", redact(actor.last_error.text));
  write_time(w, "lastErrorAt", actor.last_error.at);
  write_time(w, "lastErrorEndedAt", actor.last_error.ended.value_or(wall_time{}));
  w.member("mailbox", actor.mailbox).member("handled", actor.handled);
  w.member("dropped", actor.dropped);
  write_times(w, actor);
  w.member("busyMs", actor.busy_for.count());
  w.member("pendingRequests", actor.pending_requests);
  w.member("armedTimers", actor.armed_timers);
  write_own(w, actor.own);
  w.end_object();
}

std::string actor_line(const actor_report& actor, wall_time now) {
  constexpr std::size_t health_width = 10;
  constexpr std::size_t name_width = 26;
  std::string out{to_string(actor.how.level)};
  out.resize(std::max(health_width, out.size()), ' ');
  out += actor.name;
  out.resize(std::max(health_width + name_width, out.size()), ' ');
  if (actor.how.level != health_level::ok)
    return out + " for " + rough(now - actor.how.since) + ": " + redact(actor.how.reason)
           + '\n';
  out += ' ' + actor.state + " for " + rough(actor.uptime);
  out += ", mailbox " + std::to_string(actor.mailbox);
  out += ", handled " + std::to_string(actor.handled);
  if (actor.restarts > 0)
    out += fill_in(", restarted {} {time|times}", {std::to_string(actor.restarts)});
  return out + '\n';
}

} // namespace tinybook::http
