#pragma once

#include "storage/result.hpp"
#include "storage/support/language.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tinybook {

/// Named parameters of a template, for example `code` and `minutes`.
using message_parameters = std::map<std::string, std::string, std::less<>>;

/// The text of a message, as the console provider prints it and as providers without
/// templates of their own send it. Templates: `login_code`, `bind_code`, `reset_code`,
/// `step_up_code`, each with `code` and `minutes`; `notice` and, for who has no e-mail to
/// log in by, `notice_without_email`, both without any. With the
/// parameter `host` the last line is
/// `@host #code`, by which a browser on the phone offers the code to a page of that host
/// alone (WICG, "Origin-bound one-time codes delivered via SMS"). Errors: `internal` for
/// an unknown template or a missing parameter (never with a parameter's value in it).
[[nodiscard]] result<std::string> render_message(std::string_view template_id,
                                                 const message_parameters& parameters,
                                                 language lang);

} // namespace tinybook
