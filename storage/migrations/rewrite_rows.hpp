#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/types.hpp"

namespace tinybook::storage {

class statements;

/// Rewrites the rows as the step asks (`which`), in the transaction that is open on `db`.
/// Locks are taken in the order of the other writers.
///
/// Phones: every stored one gets its canonical form. A code is hashed with the spelling
/// of its phone, so one that waits under an old spelling can no longer verify: its
/// message ends as expired, its state is dropped.
///
/// E-mails: those of accounts get the form that `check_email` gives; one that it refuses
/// stays.
[[nodiscard]] result<done> rewrite_rows(statements& db, rewrite which,
                                        const row_rewrites& how, wall_time now);

} // namespace tinybook::storage
