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
    drop,    ///< A key that leaked: what it signed or sealed is void.
  };

  action what = action::create;
  std::filesystem::path file;
  std::string id{}; ///< Of the key to drop.
};

/// A copy of the data folder into a new one, in place of serving.
struct backup_task {
  settings from;
  std::filesystem::path to;
};

/// What becomes of the SMS that waited when a backup was taken.
enum class waiting_sms : std::uint8_t {
  expire, ///< None is sent: the server has sent them since, or their codes are old.
  resume, ///< They are sent: nothing has run since the backup was taken.
};

/// A backup made ready to be served from, in place of serving.
struct restore_task {
  settings to;
  std::filesystem::path from; ///< Empty = the database was restored by its own tools.
  waiting_sms waiting = waiting_sms::expire;
};

/// Everything from SQLite into PostgreSQL, in place of serving.
struct migrate_task {
  settings from;
  std::string to; ///< A URL as `postgres.url`.
};

/// Says whether a configuration is good, in place of serving: the values are; what the
/// files are that they name is still to be looked at.
struct check_task {
  settings of;
};

/// A look at the environment, in place of serving.
struct doctor_task {
  settings of;
  bool json = false;
};

/// One request to a server, for health checks without a shell.
struct probe_task {
  std::string url;
};

/// A token for an operator (`[[admin.tokens]]`), made in place of serving.
struct admin_token_task {
  std::string name;
};

/// What the command line asks for.
struct command_line {
  enum class action : std::uint8_t {
    serve,
    check_config,
    print_config,
    backup,
    restore,
    migrate,
    doctor,
    drop_key,
  };

  action what = action::serve;
  std::optional<std::filesystem::path> config_file;
  std::vector<std::string> assignments; ///< `section.key=value`, in the order given.
  std::optional<key_task> keys;         ///< Instead of `what`, as are the next two.
  std::optional<probe_task> probe;
  std::optional<admin_token_task> admin_token;
  std::filesystem::path folder; ///< Of `backup` and `restore`.
  std::string key_id;           ///< Of `drop_key`.
  waiting_sms waiting = waiting_sms::expire;
  std::string migrate_to;
  bool json = false;
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
using order =
    std::variant<settings, exit_request, key_task, backup_task, restore_task,
                 migrate_task, check_task, doctor_task, probe_task, admin_token_task>;

/// Command line, then configuration: the settings to serve with, the task that is to be
/// done instead (those about keys and tokens and `--probe` read no configuration), or the
/// exit that `--print-config` or an error asks for. Throws nothing.
[[nodiscard]] order configure(int argc, const char* const* argv,
                              const char* const* environ_block);

} // namespace tinybook::config
