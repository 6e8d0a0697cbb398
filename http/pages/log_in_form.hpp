#pragma once

#include "actors/sessions/messages.hpp"
#include "http/pages/page_view.hpp"

#include <string>

namespace tinybook::http {

/// The log-in form (`form`); `sent` is what was typed, with what it carries on.
[[nodiscard]] page_view log_in_view(const call& c, const form_values& sent,
                                    const failure* why);

/// Opens the session in this browser and goes on: to `next`, or to the form that was kept
/// while nobody was logged in.
task<result<answer>> open_in_browser(call c, token_pair tokens);

/// `path` with what the present form carries on as its `next`.
[[nodiscard]] std::string with_next(std::string_view path, const form_values& sent);

/// Takes out of the browser where a code was sent, which shows a phone, for who comes
/// next; but not the code that binds a phone of `stays`.
void forget_sent_code(const request_context& request, answer& into, user_id stays = 0);

} // namespace tinybook::http
