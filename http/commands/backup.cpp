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
#include <unistd.h>
#include <vector>

namespace tinybook::http {

using config::exit_code;

namespace {

/// The keys belong to the data: without them sessions and pending messages are void.
result<done> check_keys(const std::filesystem::path& from) {
  if (auto there = refuse_lost_keys(from, false); !there)
    return there;
  return as_done(load_keyring(from / own_keys_file));
}

result<done> copy_keys(const std::filesystem::path& from,
                       const std::filesystem::path& to) {
  auto keys = read_private_file(from / own_keys_file);
  if (!keys)
    return std::move(keys.error());
  return as_done(write_private_file(to / own_keys_file, keys->value_or("")));
}

/// Where the files stand until all of them are whole.
constexpr auto unfinished_name = "unfinished";

/// Of one that ends without a success nothing stays, and a folder that is there already
/// does.
class backup_draft {
 public:
  explicit backup_draft(std::filesystem::path to) : to_(std::move(to)) {}
  backup_draft(const backup_draft&) = delete;
  backup_draft& operator=(const backup_draft&) = delete;
  ~backup_draft() {
    std::error_code error;
    std::filesystem::remove_all(path(), error);
    if (made_ && !kept_)
      std::filesystem::remove(to_, error); // Only where it is empty.
  }

  [[nodiscard]] std::filesystem::path path() const { return to_ / unfinished_name; }

  result<done> make() {
    std::error_code error;
    made_ = !std::filesystem::exists(to_, error);
    if (error)
      return failure{errc::unavailable, to_.string() + ": " + error.message()};
    if (auto made = storage::sqlite::make_folder(to_, ""); !made)
      return made;
    if (auto own = storage::sqlite::check_private(to_); !own && ::geteuid() != 0)
      return own;
    for (const auto& entry : std::filesystem::directory_iterator(to_, error))
      if (const auto name = entry.path().filename();
          name != unfinished_name && name != "lost+found")
        return failure{errc::unavailable, to_.string() + " holds " + name.string()
                                              + ": a backup goes into an empty folder"};
    if (!error)
      std::filesystem::remove_all(path(), error); // Of one that was killed.
    if (error)
      return failure{errc::unavailable, to_.string() + ": " + error.message()};
    return storage::sqlite::make_folder(path(), "");
  }

  /// The manifest is the last of `names`.
  result<done> put_in_place(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      std::error_code error;
      std::filesystem::rename(path() / name, to_ / name, error);
      if (error)
        return failure{errc::unavailable, (to_ / name).string() + ": " + error.message()};
    }
    kept_ = true;
    return storage::sync_folder(to_);
  }

 private:
  std::filesystem::path to_;
  bool made_ = false;
  bool kept_ = false;
};

result<done> check_database(const std::filesystem::path& from) {
  const auto file = from / storage::sqlite::database_file;
  std::error_code error;
  if (std::filesystem::exists(file, error))
    return done{};
  return failure{errc::unavailable,
                 file.string()
                     + (error ? ": " + error.message() : std::string{" is not there"})};
}

result<done> back_up(const std::filesystem::path& from, const std::filesystem::path& into,
                     bool own_keys) {
  const auto now = system_now();
  if (auto there = check_database(from); !there)
    return there;
  if (own_keys)
    if (auto checked = check_keys(from); !checked)
      return checked;
  backup_draft draft{into};
  if (auto made = draft.make(); !made)
    return made;
  const auto to = draft.path();
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
  auto written = storage::write_manifest(to, {version, *schema, now, std::move(*files)});
  if (!written)
    return written;
  names.emplace_back(storage::manifest_file);
  return draft.put_in_place(names);
}

} // namespace

config::exit_request do_task(const config::backup_task& task) {
  if (task.from.storage.database != config::database_kind::sqlite)
    return {
        exit_code::failed,
        {},
        "backup is for SQLite; docs/operation.md tells how PostgreSQL is backed up\n"};
  if (auto fit = check_folder_of_backup(task.from); !fit)
    return {exit_code::failed, {}, fit.error().detail + "\n"};
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
          warn_of_open_backup(to, from)};
}

} // namespace tinybook::http
