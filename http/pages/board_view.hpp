#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "http/pages/page_view.hpp"

#include <cstddef>
#include <string_view>

namespace tinybook::http {

/// The window that `?board=` names; `all` for anything else.
[[nodiscard]] board_window window_asked(const request_context& request);

/// What the partial `board` shows: the first `rows` of `window`, with tabs that lead to
/// `path`.
[[nodiscard]] page_data board_data(const page_view& view, board_window window,
                                   std::size_t rows, std::string_view path);

} // namespace tinybook::http
