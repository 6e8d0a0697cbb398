#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook::http {

using metric_labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// Gathers samples under metric names, each name with one help text and type.
class metric_families {
 public:
  void counter(std::string_view name, std::string_view help, const metric_labels& labels,
               double value);
  void gauge(std::string_view name, std::string_view help, const metric_labels& labels,
             double value);
  void summary(std::string_view name, std::string_view help, const metric_labels& labels,
               prometheus::ClientMetric::Summary value);

  /// Everything, in Prometheus's text format.
  [[nodiscard]] std::string text() const;

 private:
  prometheus::ClientMetric& add(std::string_view name, std::string_view help,
                                prometheus::MetricType type, const metric_labels& labels);

  std::map<std::string, prometheus::MetricFamily, std::less<>> families_;
};

} // namespace tinybook::http
