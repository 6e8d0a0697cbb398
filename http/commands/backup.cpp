#include "storage/sqlite/backup.hpp"

#include "http/app/start_checks.hpp"
#include "http/commands/commands.hpp"
#include "storage/support/key_file.hpp"
#include "storage/support/private_file.hpp"

#include <string>
#include <system_error>

namespace tinybook::http {

using config::exit_code;

namespace {

/// The keys belong to the data: without them sessions and pending messages are void.
result<done> check_keys(const std::filesystem::path& from) {
  if (auto there = refuse_lost_keys(from, false); !there)
    return there;
  std::error_code error;
  if (!std::filesystem::exists(from / own_keys_file, error))
    return done{}; // Then there is no database either, which is the error to report.
  return as_done(load_keyring(from / own_keys_file));
}

result<done> copy_keys(const std::filesystem::path& from,
                       const std::filesystem::path& to) {
  auto keys = read_private_file(from / own_keys_file);
  if (!keys)
    return std::move(keys.error());
  return as_done(write_private_file(to / own_keys_file, keys->value_or("")));
}

} // namespace

config::exit_request do_task(const config::backup_task& task) {
  if (task.from.storage.database != config::database_kind::sqlite)
    return {exit_code::failed,
            {},
            "backup is for SQLite; for PostgreSQL use pg_dump (docs/operation.md)\n"};
  const auto from = std::filesystem::absolute(task.from.storage.path);
  const auto to = std::filesystem::absolute(task.to);
  const auto& shared_keys = task.from.keys.file;
  const bool own_keys = shared_keys.empty();
  auto copied = own_keys ? check_keys(from) : result<done>{done{}};
  if (copied)
    copied = storage::sqlite::back_up(from, to);
  if (copied && own_keys)
    copied = copy_keys(from, to);
  if (!copied)
    return {exit_code::failed, {}, copied.error().detail + "\n"};
  const auto what =
      own_keys
          ? std::string{"database and keys, readable by their owner alone"}
          : "the database, readable by its owner alone; keep " + shared_keys + " with it";
  return {exit_code::ok,
          to.string() + ": " + what
              + ".\nTo serve from it: tinybook --set storage.path=" + to.string() + "\n",
          {}};
}

} // namespace tinybook::http
