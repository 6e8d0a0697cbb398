#pragma once

#include "actors/system/meter.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// Every actor that lives or should live, for the inspector and the metrics: what is
/// registered stays listed when it crashes. Thread-safe; outlives the actor system's
/// actors.
class actor_directory {
 public:
  struct entry {
    meter_ptr meter;
    std::function<caf::actor()> handle; ///< Of the present incarnation; may be invalid.
  };

  /// Lists an actor; again under the same name replaces it.
  void add(entry e);
  /// Forgets all, and with them the handles that would keep actors alive.
  void clear();

  /// In the order of registration.
  [[nodiscard]] std::vector<entry> list() const;
  [[nodiscard]] std::optional<entry> find(std::string_view name) const;

 private:
  mutable std::mutex mutex_;
  std::vector<entry> entries_;
};

using directory_ptr = std::shared_ptr<actor_directory>;

} // namespace tinybook
