#include "actors/inspection/inspector.hpp"

#include <utility>

namespace tinybook {

auto inspector_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) {
        return actor_status{{{"actors", static_cast<double>(directory_->list().size())}},
                            {}};
      },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const list_actors&) { return list(); },
      [this](const inspect_actor& asked) { return inspect(asked); },
  };
}

caf::result<actor_reports> inspector_state::list() {
  struct gathering {
    actor_reports reports;
    std::size_t missing = 0;
  };
  pending_reply<actor_reports> reply{self_};
  auto entries = directory_->list();
  auto gathered = std::make_shared<gathering>();
  gathered->reports.actors.resize(entries.size());
  gathered->missing = entries.size();
  for (std::size_t i = 0; i < entries.size(); ++i)
    report_on(entries[i], [=](actor_report r) {
      gathered->reports.actors[i] = std::move(r);
      if (--gathered->missing == 0)
        reply(std::move(gathered->reports));
    });
  return reply.promise();
}

caf::result<actor_report> inspector_state::inspect(const inspect_actor& asked) {
  auto entry = directory_->find(asked.name);
  if (!entry)
    return to_error({errc::actor_not_found, "no actor of that name"});
  pending_reply<actor_report> reply{self_};
  report_on(*entry, [reply](actor_report r) { reply(std::move(r)); });
  return reply.promise();
}

void inspector_state::report_on(const actor_directory::entry& entry,
                                std::function<void(actor_report)> then) {
  auto handle = entry.handle();
  auto meter = entry.meter;
  if (!handle || meter->phase != actor_phase::running) {
    then(measured(*meter));
    return;
  }
  self_->request(handle, config_.status_timeout, get_status{})
      .then(
          [this, meter, then](actor_status& own) {
            auto report = measured(*meter);
            report.ready = report.ready && own.ready;
            report.own = std::move(own);
            then(std::move(report));
          },
          [this, meter, then](const caf::error& e) {
            auto report = measured(*meter);
            const auto busy = meter->busy_for();
            if (busy.count() > 0
                && busy < std::chrono::milliseconds{meter->may_take_ms.load()}) {
              report.state = "busy";
              report.running = false;
            } else if (e == caf::sec::request_timeout) {
              report.state = "stuck";
              report.running = report.ready = false;
              report.how = {health_level::failing, "does not answer",
                            clock_() - report.busy_for};
            }
            then(std::move(report));
          });
}

actor_report inspector_state::measured(const actor_meter& meter) const {
  actor_report r;
  r.name = meter.name();
  r.kind = meter.kind();
  r.parent = meter.parent();
  const auto phase = meter.phase.load();
  r.state = to_string(phase);
  if (auto started = meter.started_at_ms.load(); started != 0)
    r.uptime = std::chrono::milliseconds{to_unix_ms(clock_()) - started};
  r.restarts = meter.restarts;
  r.how = meter.health.summary();
  r.last_error = meter.health.last_error();
  if (phase == actor_phase::restarting || phase == actor_phase::failed)
    r.how = {health_level::failing, r.state + ": " + r.last_error.text, r.last_error.at};
  r.mailbox = meter.mailbox();
  r.handled = meter.handled();
  r.dropped = meter.dropped();
  r.p50 = meter.handling.quantile(0.50);
  r.p95 = meter.handling.quantile(0.95);
  r.p99 = meter.handling.quantile(0.99);
  r.busy_for = std::chrono::duration_cast<std::chrono::milliseconds>(meter.busy_for());
  r.pending_requests = meter.pending_requests;
  r.armed_timers = meter.armed_timers;
  r.running = r.ready = phase == actor_phase::running;
  return r;
}

} // namespace tinybook
