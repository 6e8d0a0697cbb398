#include "http/admin/actor_json.hpp"

#include "http/log/redact.hpp"

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
    w.begin_object().member("name", one.name).member("value", one.value).key("limit");
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

} // namespace

void write_actor(json_writer& w, const actor_report& actor) {
  w.begin_object().member("name", actor.name).member("kind", actor.kind);
  w.member("parent", actor.parent).member("state", actor.state);
  w.member("uptimeMs", actor.uptime.count()).member("restarts", actor.restarts);
  // The text of an exception may hold anything.
  w.member("lastError", redact(actor.last_error));
  w.member("mailbox", actor.mailbox).member("handled", actor.handled);
  write_times(w, actor);
  w.member("busyMs", actor.busy_for.count());
  w.member("pendingRequests", actor.pending_requests);
  w.member("armedTimers", actor.armed_timers);
  write_own(w, actor.own);
  w.end_object();
}

} // namespace tinybook::http
