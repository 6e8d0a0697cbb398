#pragma once

#include "actors/events/kafka_bus.hpp"
#include "actors/events/kafka_source.hpp"
#include "config/settings.hpp"

#include <string>

namespace tinybook {

[[nodiscard]] kafka_bus_config kafka_bus_from(const config::settings& s);

/// `replica` is the name of this process in the group, unlike that of every other.
[[nodiscard]] kafka_source_config kafka_source_from(const config::settings& s,
                                                    const std::string& replica);

} // namespace tinybook
