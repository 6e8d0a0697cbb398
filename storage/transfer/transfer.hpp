#pragma once

#include "storage/postgres/link.hpp"
#include "storage/result.hpp"
#include "storage/sqlite/handle.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::storage {

/// What is moved from SQLite to PostgreSQL: all tables, those that others refer to first.
/// Not `meta`, which holds nothing, nor what belongs to one engine.
[[nodiscard]] std::vector<std::string_view> transferred_tables();

struct table_transfer {
  std::string_view table;
  std::int64_t rows = 0; ///< So far.
  std::int64_t of = 0;   ///< In all.
};

/// The rows of a table as both databases have them.
struct checked_table {
  std::string_view table;
  std::int64_t rows = 0;
  std::string checksum; ///< The same in whatever order the rows are; 32 hex digits.
};

/// Copies every row of `from` into the empty tables of `to`, whose schema is the same, in
/// one transaction, and reads all of it back before it commits: a crash or a failure
/// leaves `to` empty. New ids go on behind those of `from`. `tell` is called after each
/// megabyte or so. Nothing else works on either meanwhile. Fails with `unavailable` where
/// `to` is not empty, or what was read back differs, naming the table.
[[nodiscard]] result<std::vector<checked_table>>
transfer(sqlite::handle& from, postgres::link& to,
         const std::function<void(const table_transfer&)>& tell);

} // namespace tinybook::storage
