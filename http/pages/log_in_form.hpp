#pragma once

#include "actors/sessions/messages.hpp"
#include "http/pages/page_view.hpp"

#include <string>

namespace tinybook::http {

/// The log-in form; `sent` is what was typed, with what it carries on.
[[nodiscard]] answer show_log_in(page_view& view, const form_values& sent,
                                 const failure* why);

/// Opens the session in this browser and goes on: to `next`, or to the form that was kept
/// while nobody was logged in.
[[nodiscard]] answer open_in_browser(const call& c, const token_pair& tokens);

/// `path` with what the present form carries on as its `next`.
[[nodiscard]] std::string with_next(std::string_view path, const form_values& sent);

} // namespace tinybook::http
