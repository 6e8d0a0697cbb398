#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/migrations/rewrite_phones.hpp"

namespace tinybook::storage {

/// What `which` step asks for.
template <class Statements>
[[nodiscard]] result<done> rewrite_rows(Statements& db, rewrite which,
                                        const row_rewrites& how, wall_time now) {
  switch (which) {
  case rewrite::nothing:
    break;
  case rewrite::phones:
    return rewrite_phones(db, how.phones, now);
  case rewrite::emails:
    return rewrite_emails(db, how.emails);
  }
  return done{};
}

} // namespace tinybook::storage
