#include "http/log/audit_log.hpp"

#include "storage/support/calendar.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tinybook::http {

namespace {

constexpr mode_t owner_only = 0600;

config::log_settings as_json() {
  return {config::log_level::info, config::log_format::json};
}

} // namespace

audit_log::audit_log(unique_fd file)
    : file_(std::move(file)), lines_(as_json(), file_ ? file_.get() : STDERR_FILENO) {}

result<std::unique_ptr<audit_log>> audit_log::open(const std::string& to) {
  if (to == "stderr")
    return std::unique_ptr<audit_log>(new audit_log(unique_fd{}));
  // A pipe that nobody reads is refused, where the start would wait for its reader.
  constexpr auto to_add = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  unique_fd file{::open(to.c_str(), to_add | O_NONBLOCK, owner_only)};
  if (file)
    (void)::fcntl(file.get(), F_SETFL, O_APPEND);
  if (!file)
    return failure{errc::unavailable, "audit.log: " + to + " cannot be opened: "
                                          + std::system_category().message(errno)};
  return std::unique_ptr<audit_log>(new audit_log(std::move(file)));
}

void audit_log::write(const storage::audit_event& event) {
  const auto at = format_rfc3339(event.at);
  lines_.write(config::log_level::info, storage::name_of(event.kind),
               std::array{log_field{"id", event.id}, log_field{"at", at},
                          log_field{"user", event.user}, log_field{"by", event.from.by},
                          log_field{"reason", event.from.reason},
                          log_field{"network", event.from.network},
                          log_field{"device", event.from.device},
                          log_field{"detail", event.detail}});
}

} // namespace tinybook::http
