#include "http/app/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <utility>

namespace tinybook::http {

namespace {

// What cannot be told is told no one: the process serves all the same.
void notify(const std::string& lines) {
  (void)sd_notify(0, lines.c_str());
}

} // namespace

service_manager::service_manager() {
  std::uint64_t bound = 0;
  if (sd_watchdog_enabled(0, &bound) > 0)
    watchdog_ = std::chrono::microseconds{bound};
}

void service_manager::tell(bool ready, const std::string& degraded) {
  auto status = std::string{ready ? "serving" : "starting"}
                + (degraded.empty() ? "" : ", degraded: " + degraded);
  if (status == told_status_)
    return;
  const bool now_ready = ready && !std::exchange(told_ready_, ready);
  notify((now_ready ? "READY=1\nSTATUS=" : "STATUS=") + status);
  told_status_ = std::move(status);
}

void service_manager::tell_stopping(std::chrono::milliseconds bound) {
  notify("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC="
         + std::to_string(std::chrono::microseconds{bound}.count()));
}

std::chrono::milliseconds service_manager::sign_of_life_due() const {
  if (watchdog_.count() == 0)
    return std::chrono::milliseconds::max();
  return std::chrono::floor<std::chrono::milliseconds>(next_sign_ - clock::now());
}

void service_manager::give_sign_of_life() {
  notify("WATCHDOG=1");
  next_sign_ = clock::now() + watchdog_ / 2;
}

} // namespace tinybook::http
