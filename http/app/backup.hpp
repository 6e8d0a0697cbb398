#pragma once

#include "config/command_line.hpp"

namespace tinybook::http {

/// Does what `--backup` asks for: database and keys into a new folder that can be served
/// from. A server may be running.
[[nodiscard]] config::exit_request do_backup(const config::backup_task& task);

} // namespace tinybook::http
