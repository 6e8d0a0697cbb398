#include "http/app/start_checks.hpp"
#include "http/commands/commands.hpp"

#include <string>

namespace tinybook::http {

using config::exit_code;

config::exit_request do_task(const config::check_task& task) {
  std::string warnings;
  for (const auto& warning : task.of.warnings)
    warnings += "warning: " + warning + '\n';
  if (auto fit = check_certificates(task.of); !fit)
    return {exit_code::bad_usage, {}, warnings + fit.error().detail + '\n'};
  return {exit_code::ok, "the configuration is valid\n", std::move(warnings)};
}

} // namespace tinybook::http
