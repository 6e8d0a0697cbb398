#pragma once

#include "actors/inspection/messages.hpp"
#include "http/api/route_meters.hpp"
#include "http/server/stats.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace tinybook::http {

/// A listener as the metrics read it.
struct listener_source {
  std::string name; ///< `public`, `admin`
  const route_meters* routes = nullptr;
  std::function<server_stats()> stats;
};

/// `/metrics` in Prometheus's text format: the counters of the listeners and what the
/// inspector last reported of every actor. Thread-safe.
class metrics_page {
 public:
  /// What is added must outlive the page.
  void add(listener_source listener);
  void update(actor_reports latest);
  [[nodiscard]] std::string render() const;

 private:
  mutable std::mutex mutex_;
  std::vector<listener_source> listeners_;
  actor_reports actors_;
};

} // namespace tinybook::http
