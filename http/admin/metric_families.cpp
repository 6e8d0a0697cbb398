#include "http/admin/metric_families.hpp"

#include <prometheus/text_serializer.h>

namespace tinybook::http {

prometheus::ClientMetric& metric_families::add(std::string_view name,
                                               std::string_view help,
                                               prometheus::MetricType type,
                                               const metric_labels& labels) {
  auto at = families_.find(name);
  if (at == families_.end()) {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    at = families_.emplace(std::string{name}, std::move(family)).first;
  }
  auto& metric = at->second.metric.emplace_back();
  for (auto [key, value] : labels)
    metric.label.push_back({std::string{key}, std::string{value}});
  return metric;
}

void metric_families::counter(std::string_view name, std::string_view help,
                              const metric_labels& labels, double value) {
  add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void metric_families::gauge(std::string_view name, std::string_view help,
                            const metric_labels& labels, double value) {
  add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void metric_families::summary(std::string_view name, std::string_view help,
                              const metric_labels& labels,
                              prometheus::ClientMetric::Summary value) {
  add(name, help, prometheus::MetricType::Summary, labels).summary = std::move(value);
}

std::string metric_families::text() const {
  std::vector<prometheus::MetricFamily> all;
  for (const auto& [name, family] : families_)
    all.push_back(family);
  return prometheus::TextSerializer{}.Serialize(all);
}

} // namespace tinybook::http
