#include "http/log/audit_log.hpp"

#include "actors/system/line_sampler.hpp"
#include "http/log/line_output.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/support/calendar.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tinybook::http {

namespace {

constexpr mode_t owner_only = 0600;

config::log_settings as_json() {
  return {config::log_level::info, config::log_format::json};
}

/// Empty = `errno` says why. A pipe that nobody reads is refused, where the start would
/// wait for its reader.
unique_fd open_to_add(const std::string& path, int how = O_CREAT) {
  constexpr auto to_add = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  unique_fd file{::open(path.c_str(), to_add | O_NONBLOCK | how, owner_only)};
  if (file)
    (void)::fcntl(file.get(), F_SETFL, O_APPEND);
  return file;
}

failure not_opened(const std::string& to) {
  return {errc::unavailable, "audit.log: " + to + " cannot be opened: "
                                 + std::system_category().message(errno)};
}

std::optional<struct stat> status_of(const unique_fd& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) == 0 ? std::optional{found} : std::nullopt;
}

/// Tells in the log of the process, once a spell and at most once a minute, that lines
/// are lost.
class told_output : public line_output {
 public:
  told_output(std::string name, log_ptr log)
      : name_(std::move(name)), log_(std::move(log)) {}

  void fails(int error) override {
    if (std::exchange(failing_, true))
      return;
    told_ = sampler_.next(std::chrono::steady_clock::now()).has_value();
    if (!told_)
      return;
    const auto why = std::system_category().message(error);
    log_->write(config::log_level::error, "audit_log_fails",
                {{"file", name_},
                 {"why", why},
                 {"note", "lines are lost here, the trail in the database is whole"}});
  }
  void works() override {
    if (std::exchange(failing_, false) && told_)
      tell(config::log_level::info, "audit_log_works");
  }

 protected:
  [[nodiscard]] const std::string& name() const { return name_; }
  void tell(config::log_level level, std::string_view event, std::string_view why = {}) {
    log_->write(level, event, {{"file", name_}, {"why", why}});
  }

 private:
  std::string name_;
  log_ptr log_;
  line_sampler sampler_;
  bool failing_ = false;
  bool told_ = false;
};

class standard_error final : public told_output {
 public:
  explicit standard_error(log_ptr log) : told_output("stderr", std::move(log)) {}
  int descriptor() override { return STDERR_FILENO; }
};

class named_file final : public told_output {
 public:
  named_file(std::string path, unique_fd file, log_ptr log)
      : told_output(std::move(path), std::move(log)), file_(std::move(file)) {}

  /// Where the file is not at its path any more it is opened there anew; where that
  /// fails, the old one takes lines on as long as it has a name.
  int descriptor() override {
    const auto open = status_of(file_);
    if (open && is_at_path(*open))
      return file_.get();
    auto fresh = open_to_add(name());
    if (fresh) {
      file_ = std::move(fresh);
      is_elsewhere_ = false;
      tell(config::log_level::info, "audit_log_opened_anew");
      return file_.get();
    }
    const int error = errno;
    if (open && open->st_nlink > 0) {
      if (!std::exchange(is_elsewhere_, true))
        tell(config::log_level::warn, "audit_log_not_opened_anew",
             std::system_category().message(error));
      return file_.get();
    }
    errno = error;
    return -1;
  }

 private:
  [[nodiscard]] bool is_at_path(const struct stat& open) const {
    struct stat named {};
    return ::lstat(name().c_str(), &named) == 0 && named.st_dev == open.st_dev
           && named.st_ino == open.st_ino;
  }

  unique_fd file_;
  bool is_elsewhere_ = false; ///< It was moved, and cannot be opened anew.
};

} // namespace

audit_log::audit_log(std::shared_ptr<line_output> output)
    : lines_(as_json(), std::move(output)) {}

result<std::unique_ptr<audit_log>> audit_log::open(const std::string& to, log_ptr told) {
  std::shared_ptr<line_output> output;
  if (to == "stderr") {
    output = std::make_shared<standard_error>(std::move(told));
  } else {
    auto file = open_to_add(to);
    if (!file)
      return not_opened(to);
    output = std::make_shared<named_file>(to, std::move(file), std::move(told));
  }
  return std::unique_ptr<audit_log>(new audit_log(std::move(output)));
}

result<done> audit_log::can_open(const std::string& to) {
  if (open_to_add(to, 0))
    return done{};
  if (errno != ENOENT)
    return not_opened(to);
  const auto folder = std::filesystem::absolute(to).parent_path();
  if (::eaccess(folder.c_str(), W_OK | X_OK) == 0)
    return done{};
  return not_opened(to);
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
