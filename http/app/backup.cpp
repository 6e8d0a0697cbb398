#include "http/app/backup.hpp"

#include "storage/sqlite/backup.hpp"
#include "storage/support/private_file.hpp"

#include <string>

namespace tinybook::http {

using config::exit_code;

namespace {

/// The keys belong to the data: without them sessions and pending messages are void.
result<done> copy_keys(const std::filesystem::path& from,
                       const std::filesystem::path& to) {
  auto keys = read_private_file(from / "keys.json");
  if (!keys)
    return std::move(keys.error());
  if (!keys->has_value())
    return done{};
  return as_done(write_private_file(to / "keys.json", **keys));
}

} // namespace

config::exit_request do_backup(const config::backup_task& task) {
  const std::filesystem::path from{task.from.storage.path};
  if (task.from.storage.database != config::database_kind::sqlite)
    return {
        exit_code::failed, {}, "--backup is for SQLite; use pg_dump for PostgreSQL\n"};
  auto copied = storage::sqlite::back_up(from, task.to);
  if (copied)
    copied = copy_keys(from, task.to);
  if (!copied)
    return {exit_code::failed, {}, copied.error().detail + "\n"};
  const auto folder = std::filesystem::absolute(task.to).string();
  return {exit_code::ok,
          folder
              + ": database and keys, readable by their owner alone.\nTo serve from it: "
                "tinybook --set storage.path="
              + folder + "\n",
          {}};
}

} // namespace tinybook::http
