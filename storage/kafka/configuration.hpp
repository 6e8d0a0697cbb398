#pragma once

#include "storage/kafka/client.hpp"
#include "storage/result.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace tinybook::storage::kafka {

struct configuration_closer {
  void operator()(rd_kafka_conf_t* c) const { rd_kafka_conf_destroy(c); }
};
using configuration_ptr = std::unique_ptr<rd_kafka_conf_t, configuration_closer>;

/// The library's configuration object. Fails with `internal` where it refuses one.
[[nodiscard]] inline result<configuration_ptr>
configuration_from(const client_settings& settings) {
  configuration_ptr out{rd_kafka_conf_new()};
  std::array<char, 512> error{};
  for (const auto& [name, value] : settings)
    if (rd_kafka_conf_set(out.get(), name.c_str(), value.c_str(), error.data(),
                          error.size())
        != RD_KAFKA_CONF_OK)
      return failure{errc::internal, std::string{"kafka: "} + error.data()};
  return out;
}

/// A client made from `configuration`, which it takes over; `kept` lives as long as it.
[[nodiscard]] inline result<client_ptr> client_from(rd_kafka_type_t type,
                                                    configuration_ptr configuration,
                                                    std::shared_ptr<void> kept = {}) {
  std::array<char, 512> error{};
  auto* made = rd_kafka_new(type, configuration.get(), error.data(), error.size());
  if (made == nullptr)
    return failure{errc::internal, std::string{"kafka: "} + error.data()};
  static_cast<void>(configuration.release()); // It belongs to the client now.
  return client_ptr{made, client_closer{std::move(kept)}};
}

} // namespace tinybook::storage::kafka
