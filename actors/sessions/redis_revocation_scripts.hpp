#pragma once

#include "storage/redis/script.hpp"

namespace tinybook {

/// Both take meta and revoked as their keys. Where the data is not of this run of the
/// server, they begin it anew under another origin.
///
/// kept in ms, then `family:moment` … → 1.
extern const storage::redis::script write_revocations_script;
/// origin, score that was seen last → {origin, {entry, score, …}}: all there are where
/// the origin is another one, and at most 1 000.
extern const storage::redis::script read_revocations_script;

} // namespace tinybook
