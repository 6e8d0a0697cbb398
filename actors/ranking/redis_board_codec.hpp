#pragma once

#include "actors/ranking/board_store.hpp"
#include "storage/redis/value.hpp"
#include "storage/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tinybook {

/// The arguments of the apply script for a part of a batch.
[[nodiscard]] std::vector<std::string> apply_args(const apply_to_boards& m,
                                                  std::span<const article_event> events,
                                                  bool with_marks);

/// What the scripts of redis_board_scripts.hpp answer. Fail with `internal` where that is
/// not what they can answer.
[[nodiscard]] result<boards_applied> read_applied(const storage::redis::value& answer);
[[nodiscard]] result<boards_seen> read_seen(const storage::redis::value& answer);
[[nodiscard]] result<board_place> read_place(const storage::redis::value& answer);

/// Numbers come as such or as text; 0 where it is neither.
[[nodiscard]] std::int64_t to_int(const storage::redis::value& v);

} // namespace tinybook
