#include "storage/sqlite/backup.hpp"

#include "config/version.hpp"
#include "http/app/start_checks.hpp"
#include "http/commands/commands.hpp"
#include "storage/backup_manifest.hpp"
#include "storage/sqlite/folder.hpp"
#include "storage/support/key_file.hpp"
#include "storage/support/private_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

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

result<done> back_up(const std::filesystem::path& from, const std::filesystem::path& to,
                     bool own_keys) {
  const auto now = system_now();
  if (own_keys)
    if (auto checked = check_keys(from); !checked)
      return checked;
  auto schema = storage::sqlite::back_up(from, to);
  if (!schema)
    return schema.error();
  std::vector<std::string> names{storage::sqlite::database_file};
  // Behind the database: the file may have got a key meanwhile, but loses none.
  if (own_keys) {
    if (auto copied = copy_keys(from, to); !copied)
      return copied;
    names.emplace_back(own_keys_file);
  }
  auto files = storage::describe_files(to, names);
  if (!files)
    return files.error();
  return storage::write_manifest(to, {version, *schema, now, std::move(*files)});
}

} // namespace

config::exit_request do_task(const config::backup_task& task) {
  if (task.from.storage.database != config::database_kind::sqlite)
    return {
        exit_code::failed,
        {},
        "backup is for SQLite; docs/operation.md tells how PostgreSQL is backed up\n"};
  const auto from = std::filesystem::absolute(task.from.storage.path);
  const auto to = std::filesystem::absolute(task.to);
  const auto& shared_keys = task.from.keys.file;
  const bool own_keys = shared_keys.empty();
  if (auto made = back_up(from, to, own_keys); !made)
    return {exit_code::failed, {}, made.error().detail + "\n"};
  const auto what =
      own_keys
          ? std::string{"database and keys, readable by their owner alone"}
          : "the database, readable by its owner alone; keep " + shared_keys + " with it";
  return {exit_code::ok,
          to.string() + ": " + what
              + ".\nTo put it into an empty folder: tinybook restore " + to.string()
              + " --set storage.path=NEW\n",
          {}};
}

} // namespace tinybook::http
