#pragma once

#include "config/settings.hpp"

#include <string>

namespace tinybook {

struct kafka_bus_config;
struct kafka_source_config;

[[nodiscard]] kafka_bus_config kafka_bus_from(const config::settings& s);

/// `replica` is the name of this process in the group, unlike that of every other.
[[nodiscard]] kafka_source_config kafka_source_from(const config::settings& s,
                                                    const std::string& replica);

} // namespace tinybook
