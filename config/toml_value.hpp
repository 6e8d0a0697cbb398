#pragma once

#include "config/key.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <toml++/toml.h>

namespace tinybook::config {

/// Strict: only the TOML type that the documented file shows, or an integer for a float
/// or a size. Nothing for any other.
[[nodiscard]] std::optional<value> value_from(const key& k, const toml::node& node);

/// The same for a value that is given as TOML text. Nothing if it is not TOML.
[[nodiscard]] std::optional<value> value_from_toml(const key& k, std::string_view toml);

/// The node as an error shows it: as TOML, shortened where it is long.
[[nodiscard]] std::string shown(const toml::node& node);

} // namespace tinybook::config
