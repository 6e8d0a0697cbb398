#include "config/command_line.hpp"
#include "http/app/application.hpp"
#include "http/app/heap.hpp"
#include "http/app/service_manager.hpp"
#include "http/app/signals.hpp"
#include "http/commands/commands.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <unistd.h>
#include <variant>

namespace {

using namespace tinybook;
using config::exit_code;
using config::log_level;
using http::signal_gate;

void report_failure(const http::log_ptr& log, const char* event, std::string_view why) {
  log->write(log_level::error, event, {{"why", why}});
  log->flush();
}

/// Runs until a signal or a failed actor ends it; false after a failure.
bool serve(http::application& app, const signal_gate& gate,
           http::service_manager& manager, const http::log_ptr& log) {
  using namespace std::chrono_literals;
  for (bool ready = false;;) {
    auto request =
        gate.wait(ready ? std::clamp(manager.sign_of_life_due(), 10ms, 500ms) : 10ms);
    if (request == signal_gate::request::stop)
      return true;
    if (request == signal_gate::request::reload)
      log->write(log_level::warn, "reload_ignored",
                 {{"why", "this version takes a new configuration at a restart only"}});
    if (auto why = app.failed()) {
      report_failure(log, "failed", *why);
      return false;
    }
    ready = ready || app.check_ready();
    manager.tell(ready, app.degraded());
    if (manager.sign_of_life_due() <= 0ms && app.shows_life())
      manager.give_sign_of_life();
    app.log_left_out();
  }
}

exit_code run(const config::settings& settings) {
  // Before any thread starts: threads inherit the signal mask.
  signal_gate gate;
  http::grow_heaps_in_large_steps();
  auto log = std::make_shared<http::log_writer>(settings.log, STDERR_FILENO);
  for (const auto& warning : settings.warnings)
    log->write(log_level::warn, "configuration", {{"why", warning}});
  http::application app{settings, log};
  if (auto started = app.start(); !started) {
    report_failure(log, "cannot_start", started.error().detail);
    app.stop();
    return exit_code::failed;
  }
  http::service_manager manager;
  bool orderly = serve(app, gate, manager, log);
  app.begin_draining();
  manager.tell_stopping(settings.actors.watchdog + std::chrono::seconds{5});
  // A second signal cuts the delay short.
  (void)gate.wait(settings.http.drain_delay);
  app.stop();
  return orderly ? exit_code::ok : exit_code::failed;
}

/// What cannot be written where it was asked for is a failure: a full disk, say.
exit_code print(const config::exit_request& end) {
  const auto& text = end.output;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size()
                       && std::fflush(stdout) == 0;
  std::fputs(end.errors.c_str(), stderr);
  if (written)
    return end.code;
  std::perror("standard output cannot be written");
  return end.code == exit_code::ok ? exit_code::failed : end.code;
}

} // namespace

int main(int argc, char** argv) {
  auto configured = http::carry_out(config::configure(argc, argv, environ));
  if (auto* end = std::get_if<config::exit_request>(&configured))
    return static_cast<int>(print(*end));
  return static_cast<int>(run(std::get<config::settings>(configured)));
}
