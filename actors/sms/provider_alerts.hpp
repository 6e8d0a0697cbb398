#pragma once

#include "actors/sms/provider_table.hpp"
#include "actors/system/line_sampler.hpp"
#include "actors/system/meter.hpp"

#include <string>

namespace tinybook {

/// Tells operators about one provider: in the log for each change, and in the health of
/// its sender while something lasts. After a start it tells again what still holds.
class provider_alerts {
 public:
  provider_alerts(meter_ptr meter, std::string provider);

  /// Tells what has changed since the last call.
  void tell(const provider_condition& now, wall_time wall, tick at);

 private:
  /// Half open degrades the health only after open: when an operator lifts a force, the
  /// circuit may wait hours for its probes without any trouble.
  void tell_circuit(const provider_condition& now, wall_time wall);
  void tell_forced(const provider_condition& now, wall_time wall);
  void tell_pause(const provider_condition& now, wall_time wall, tick at);

  meter_ptr meter_;
  std::string provider_;
  provider_condition told_;
  line_sampler pauses_{std::chrono::seconds{10}};
  bool pause_logged_ = false;
};

} // namespace tinybook
