#include "http/commands/commands.hpp"

namespace tinybook::http {

config::exit_request do_task(const config::migrate_task& task) {
  (void)task;
  return {config::exit_code::failed, {}, "not yet\n"};
}

} // namespace tinybook::http
