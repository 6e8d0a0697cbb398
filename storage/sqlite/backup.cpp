#include "storage/sqlite/backup.hpp"

#include "storage/sqlite/folder.hpp"
#include "storage/sqlite/handle.hpp"
#include "storage/sqlite/migrate.hpp"

#include <chrono>
#include <string>
#include <system_error>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto wait_for_lock = std::chrono::seconds{10};
constexpr auto copy_into = "VACUUM INTO $1";
constexpr auto quick_check = "PRAGMA quick_check(1)";

result<done> check(handle& copy) {
  auto said = copy.one(quick_check, [](row& r) { return r.text(); });
  if (!said)
    return said.error();
  if (said->value_or("") != "ok")
    return failure{errc::unavailable, "the copy is damaged, and so may be the database"};
  return done{};
}

failure of_file(const std::filesystem::path& file, failure why) {
  why.detail.insert(0, file.string() + ": ");
  return why;
}

} // namespace

result<std::int64_t> back_up(const std::filesystem::path& from,
                             const std::filesystem::path& to) {
  const auto source = from / database_file;
  const auto target = to / database_file;
  if (auto prepared = prepare_file(target); !prepared)
    return prepared.error();
  const handle_options options{.read_only = false, .busy_timeout = wait_for_lock};
  {
    auto db = handle::open(source, options);
    if (!db)
      return of_file(source, db.error());
    if (auto copied = (*db)->exec(copy_into, target.string()); !copied)
      return of_file(target, copied.error());
  }
  auto copy = handle::open(target, options);
  if (!copy)
    return of_file(target, copy.error());
  if (auto sound = check(**copy); !sound)
    return of_file(target, sound.error());
  auto version = read_version(**copy);
  if (!version)
    return of_file(target, version.error());
  if (version->present == 0)
    return of_file(source, {errc::unavailable, "there is nothing of tinybook in it"});
  return version->present;
}

} // namespace tinybook::storage::sqlite
