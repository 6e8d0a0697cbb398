#pragma once

#include "config/key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tinybook::config {

/// What a secret value is shown as.
inline constexpr std::string_view hidden = "***";

/// `an integer from 1 to 4096 (threads)`, `a time from 1s to 1h`.
[[nodiscard]] std::string allowed_range(const key& k);

/// The same with how it is written; ends the sentence "use …" of an error.
[[nodiscard]] std::string allowed(const key& k);

/// Whether `v` is of the key's type, in its range and keeps its rule.
[[nodiscard]] bool acceptable(const key& k, const value& v);

/// A value as it is written in an environment variable or after `--set`: texts and words
/// without quotes, lists with commas. Nothing if it is not of the key's type.
[[nodiscard]] std::optional<value> from_text(const key& k, std::string_view text);

/// The value as TOML; `"***"` for a secret that is not empty.
[[nodiscard]] std::string to_toml(const key& k, const value& v);

} // namespace tinybook::config
