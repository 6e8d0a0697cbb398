#include "storage/sqlite/database_facts.hpp"

#include "storage/sqlite/migrate.hpp"
#include "storage/sqlite/schema_check.hpp"

#include <chrono>
#include <system_error>
#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto patience = std::chrono::seconds{2};

std::uintmax_t size_of(std::filesystem::path file, const char* suffix) {
  std::error_code error;
  file += suffix;
  const auto size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

} // namespace

result<std::optional<database_facts>>
look_at_database(const std::filesystem::path& folder) {
  const auto file = folder / "tinybook.db";
  if (size_of(file, "") == 0)
    return std::optional<database_facts>{};
  // A reader of a log without its index would make one.
  const bool has_log = size_of(file, "-wal") != 0;
  const bool has_index = size_of(file, "-shm") != 0;
  if (has_log && !has_index)
    return failure{errc::unavailable,
                   "the last server ended without closing it: what is in it shows at the "
                   "next start"};
  auto db = handle::open(
      file, {.read_only = true, .busy_timeout = patience, .immutable = !has_index});
  if (!db)
    return std::move(db.error());
  const auto version = read_version(**db);
  if (!version)
    return version.error();
  database_facts out{.schema = *version, .known = sqlite_migrations().back().number};
  if (out.schema.present < out.known || out.schema.too_new_for(out.known))
    return std::optional{std::move(out)};
  if (auto fits = check_schema(**db, sqlite_migrations()); !fits)
    out.misfit = std::move(fits.error());
  if (auto keys = keys_in_use(**db))
    out.keys = std::move(*keys);
  return std::optional{std::move(out)};
}

} // namespace tinybook::storage::sqlite
