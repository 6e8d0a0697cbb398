#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "storage/result.hpp"

#include <string_view>

namespace tinybook::http {

/// `all` (also where nothing is given), `day` or `week`.
[[nodiscard]] result<board_window> board_window_of(std::string_view text);

} // namespace tinybook::http
