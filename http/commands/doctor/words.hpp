#pragma once

#include "config/value_text.hpp"

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <system_error>

namespace tinybook::http::doctor {

/// A setting of a server; empty where it does not tell it.
[[nodiscard]] inline std::string setting(const std::map<std::string, std::string>& all,
                                         const std::string& name) {
  const auto found = all.find(name);
  return found == all.end() ? std::string{} : found->second;
}

/// The same as a whole number, where it is one.
[[nodiscard]] inline std::optional<std::int64_t>
number_setting(const std::map<std::string, std::string>& all, const std::string& name) {
  const auto text = setting(all, name);
  std::int64_t out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

/// `48GiB`, `730MiB`: rounded down, for people.
[[nodiscard]] inline std::string rough_bytes(std::uint64_t value) {
  constexpr auto gib = std::uint64_t{1} << 30U;
  constexpr auto mib = std::uint64_t{1} << 20U;
  const auto unit = value >= 10 * gib ? gib : value >= mib ? mib : 1;
  return config::format_bytes(static_cast<std::int64_t>(value / unit * unit));
}

} // namespace tinybook::http::doctor
