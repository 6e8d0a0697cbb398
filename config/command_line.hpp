#pragma once

#include "config/exit_code.hpp"
#include "config/loader.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tinybook::config {

/// Something to be done to a file of keys, in place of serving.
struct key_task {
  enum class action : std::uint8_t {
    create,  ///< A new file; an existing one is kept, and that is an error.
    add,     ///< The first step of a rotation: one more key that is accepted.
    promote, ///< The second step: that key becomes the current one.
  };

  action what = action::create;
  std::filesystem::path file;
};

/// A copy of the data folder into a new one, in place of serving.
struct backup_task {
  settings from;
  std::filesystem::path to;
};

/// What the command line asks for.
struct command_line {
  enum class action : std::uint8_t { serve, check_config, print_config };

  action what = action::serve;
  std::optional<std::filesystem::path> config_file;
  std::vector<std::string> assignments; ///< `section.key=value`, in the order given.
  std::optional<key_task> keys;         ///< Instead of `what`.
  std::optional<std::filesystem::path> backup; ///< The new folder.
  bool new_keys_for_old_data = false;
};

/// The process is to end now: `output` belongs on standard output, `errors` on standard
/// error.
struct exit_request {
  exit_code code = exit_code::ok;
  std::string output;
  std::string errors;
};

/// Reads the options only. `--help`, `--version`, `--print-default-config` and wrong
/// usage are exit requests.
[[nodiscard]] std::variant<command_line, exit_request>
parse_command_line(int argc, const char* const* argv);

/// What the process is to do.
using order = std::variant<settings, exit_request, key_task, backup_task>;

/// Command line, then configuration: the settings to serve with, the task that
/// `--new-keys` and the like ask for (no configuration is read), the backup, or the exit
/// that `--check-config`, `--print-config` or an error asks for. Throws nothing.
[[nodiscard]] order configure(int argc, const char* const* argv,
                              const char* const* environ_block);

} // namespace tinybook::config
