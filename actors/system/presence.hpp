#pragma once

#include "actors/system/meter.hpp"

#include <string_view>

namespace tinybook {

/// Whether an actor reaches its back end now: kept in its health, where /readyz finds it,
/// and told to the log once when it goes and once when it is back.
class presence {
 public:
  /// `name` is of static lifetime. Not there until the first `found`.
  presence(meter_ptr meter, const char* name);

  /// It is gone, or still is; `why` is told the first time.
  void lost(std::string_view why);
  void found();

  [[nodiscard]] bool there() const { return there_; }

 private:
  meter_ptr meter_;
  const char* name_;
  bool there_ = false;
  bool told_ = false; ///< That it is gone.
};

} // namespace tinybook
