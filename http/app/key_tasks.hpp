#pragma once

#include "config/command_line.hpp"

namespace tinybook::http {

/// Does what `--new-keys`, `--rotate-keys` or `--promote-key` ask for, and says what the
/// operator is to do next; never any key.
[[nodiscard]] config::exit_request do_key_task(const config::key_task& task);

} // namespace tinybook::http
