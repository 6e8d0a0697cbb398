#pragma once

#include "config/settings.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::config {

/// One thing that is wrong, as the operator reads it.
struct config_error {
  std::string where;    ///< File, `environment` or `--set`; empty = key not given.
  std::size_t line = 0; ///< In the file, from 1; 0 = not from a file.
  std::string key;      ///< Dotted name, or the name of the environment variable.
  std::string message;  ///< The value (never a secret one) and what is allowed.

  /// `tinybook.toml:12: http.port = 99999: must be an integer from 0 to 65535`
  [[nodiscard]] std::string text() const;
};

using variables = std::vector<std::pair<std::string, std::string>>;

/// Where values come from; later ones win over earlier ones.
struct sources {
  std::optional<std::filesystem::path> file; ///< Nothing = the defaults stand.
  variables environment;                ///< `TINYBOOK_SECTION_KEY`; others are ignored.
  std::vector<std::string> assignments; ///< `section.key=value`
};

struct load_result {
  settings values;
  std::vector<config_error> errors; ///< All that were found; `values` is good if empty.

  [[nodiscard]] bool ok() const { return errors.empty(); }
};

/// Every default of the key table, with one console provider.
[[nodiscard]] settings defaults();

/// Reads and checks all sources; reports every error at once. Reads the file and the
/// files that `secret_file` and `password_file` name; throws nothing.
[[nodiscard]] load_result load(const sources& from);

/// `environ` as pairs.
[[nodiscard]] variables environment_variables(const char* const* environ_block);

/// The effective values as TOML, secrets as `***`.
[[nodiscard]] std::string print(const settings& values);

/// The text of `config/tinybook.toml`: every key with description, unit, range and
/// default.
[[nodiscard]] std::string print_documented_defaults();

} // namespace tinybook::config
