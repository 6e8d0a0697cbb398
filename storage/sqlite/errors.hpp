#pragma once

#include "storage/result.hpp"

#include <sqlite3.h>

#include <string_view>

namespace tinybook::storage::sqlite {

/// What a caller is told about the result code `code` of SQLite while `doing` something:
/// a full disk is `storage_full`, a lock of another program that lasts is
/// `database_busy`, an unreadable, read-only or damaged file `unavailable`; anything else
/// is `internal`, for it is a defect of ours. The detail names SQLite's own message,
/// which carries names of columns but never their values. `db` may be null.
[[nodiscard]] failure to_failure(sqlite3* db, int code, std::string_view doing);

/// Whether what follows in the same transaction is bound to fail too, so that the whole
/// transaction must be given up.
[[nodiscard]] bool is_fatal(int code);

} // namespace tinybook::storage::sqlite
