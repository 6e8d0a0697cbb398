#pragma once

#include "actors/sms/provider_table.hpp"
#include "actors/system/line_sampler.hpp"
#include "actors/system/meter.hpp"

#include <string>

namespace tinybook {

/// Tells operators of one provider: a line of the log for each change, and the health of
/// its sender while something lasts. After a start it tells anew what still holds.
class provider_news {
 public:
  provider_news(meter_ptr meter, std::string provider);

  /// What holds now; says nothing where it was told so before.
  void tell(const provider_condition& now, wall_time wall, tick at);

 private:
  /// Half open is a trouble after open only: where an operator lets go of a circuit, it
  /// may wait for its probes for hours and be well.
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
