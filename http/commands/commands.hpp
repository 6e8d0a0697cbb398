#pragma once

#include "config/command_line.hpp"

#include <chrono>
#include <string>
#include <variant>

namespace tinybook::http {

/// Does what is asked for in place of serving, if anything is, and says how the program
/// ends then. Progress of what takes long goes to standard error.
[[nodiscard]] std::variant<config::settings, config::exit_request>
carry_out(config::order order);

// Each of them in a file of its own.
[[nodiscard]] config::exit_request do_task(const config::key_task& task);
[[nodiscard]] config::exit_request do_task(const config::backup_task& task);
[[nodiscard]] config::exit_request do_task(const config::restore_task& task);
[[nodiscard]] config::exit_request do_task(const config::migrate_task& task);
[[nodiscard]] config::exit_request do_task(const config::check_task& task);
[[nodiscard]] config::exit_request do_task(const config::doctor_task& task);
[[nodiscard]] config::exit_request do_task(const config::probe_task& task);
[[nodiscard]] config::exit_request do_task(const config::admin_token_task& task);

/// One GET: ends well with status 200 alone, with a line for each outcome, for who runs
/// it looks at the log of a container. Takes at most about `bound`, whatever the server
/// does.
[[nodiscard]] config::exit_request probe(const std::string& url,
                                         std::chrono::milliseconds bound);

} // namespace tinybook::http
