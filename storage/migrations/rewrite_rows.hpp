#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/types.hpp"

namespace tinybook::storage {

class statements;

/// What `which` step asks for, in the transaction that is open on `db`. Locks are taken
/// in the order that other writers keep.
///
/// Phones: every stored one gets its one form. A code is hashed with the spelling of its
/// phone, so one that waits under an old spelling can verify no more: its message ends as
/// expired, its state is dropped.
///
/// E-mails: those of accounts get the form that `check_email` gives; one that it refuses
/// stays.
[[nodiscard]] result<done> rewrite_rows(statements& db, rewrite which,
                                        const row_rewrites& how, wall_time now);

} // namespace tinybook::storage
