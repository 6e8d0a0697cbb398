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

/// Every actor that runs or should run, for the inspector and the metrics: an actor stays
/// listed when it crashes. Thread-safe; outlives the actors.
class actor_directory {
 public:
  struct entry {
    meter_ptr meter;
    std::function<caf::actor()> handle; ///< Of the running actor; may be invalid.
  };

  /// Lists an actor; again under the same name replaces it.
  void add(entry e);
  /// Removes all entries, and with them the handles that would keep actors alive.
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
