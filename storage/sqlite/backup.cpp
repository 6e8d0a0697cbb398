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

} // namespace

result<std::int64_t> back_up(const std::filesystem::path& from,
                             const std::filesystem::path& to) {
  std::error_code error;
  const auto source = from / database_file;
  const auto target = to / database_file;
  if (!std::filesystem::exists(source, error))
    return failure{errc::unavailable, source.string() + " is not there"};
  if (std::filesystem::exists(to, error) && !std::filesystem::is_empty(to, error))
    return failure{errc::unavailable, to.string() + " is there and not empty"};
  if (auto made = make_folder(to); !made)
    return made.error();
  if (auto prepared = prepare_file(target); !prepared)
    return prepared.error();
  const handle_options options{.read_only = false, .busy_timeout = wait_for_lock};
  {
    auto db = handle::open(source, options);
    if (!db)
      return db.error();
    if (auto copied = (*db)->exec(copy_into, target.string()); !copied)
      return copied.error();
  }
  auto copy = handle::open(target, options);
  if (!copy)
    return copy.error();
  if (auto sound = check(**copy); !sound)
    return sound.error();
  auto version = read_version(**copy);
  if (!version)
    return version.error();
  return version->present;
}

} // namespace tinybook::storage::sqlite
