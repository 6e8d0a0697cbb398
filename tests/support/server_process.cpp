#include "tests/support/server_process.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

namespace {

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("cannot make a pipe");
  return ends;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& w : words)
    out.push_back(w.data());
  out.push_back(nullptr);
  return out;
}

/// The number behind `key` in the log line that holds `event`.
int number_after(const std::string& log, std::string_view event, std::string_view key) {
  auto at = log.find(event);
  if (at == std::string::npos)
    return 0;
  at = log.find(key, at);
  return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + key.size());
}

int status_of(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

} // namespace

server_process::server_process(const std::filesystem::path& binary,
                               const std::filesystem::path& folder,
                               const std::vector<std::string>& options,
                               const std::vector<std::string>& variables) {
  std::vector<std::string> words{
      binary.string(), "--set",       "storage.path=" + folder.string(),
      "--set",         "http.port=0", "--set",
      "admin.port=0"};
  words.insert(words.end(), options.begin(), options.end());
  auto argv = pointers_to(words);
  std::vector<std::string> environment{variables};
  for (char** one = environ; *one != nullptr; ++one)
    environment.emplace_back(*one);
  auto envp = pointers_to(environment);

  auto out = make_pipe();
  auto err = make_pipe();
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  auto failed =
      posix_spawn(&pid_, binary.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  if (failed != 0)
    throw std::runtime_error("cannot start " + binary.string());
  readers_.emplace_back([this, fd = out[0]] { read_into(fd, out_); });
  readers_.emplace_back([this, fd = err[0]] { read_into(fd, err_); });
}

server_process::~server_process() {
  kill_hard();
  read_output(true);
  for (auto& r : readers_)
    r.join();
}

void server_process::read_output(bool wanted) {
  {
    const std::lock_guard guard{mutex_};
    reading_ = wanted;
  }
  grown_.notify_all();
}

void server_process::read_into(int fd, std::string& into) {
  std::array<char, 65536> buffer{};
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      grown_.wait(lock, [this] { return reading_; });
    }
    auto n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR)
      continue;
    std::lock_guard guard{mutex_};
    if (n > 0)
      into.append(buffer.data(), static_cast<std::size_t>(n));
    else
      --open_streams_;
    grown_.notify_all();
    if (n <= 0)
      break;
  }
  close(fd);
}

bool server_process::wait_ready(std::chrono::seconds bound) {
  return wait_output(" ready ", bound, true) && wait_listening(bound);
}

bool server_process::wait_listening(std::chrono::seconds bound) {
  for (const auto* listener : {"listener=public", "listener=admin"})
    if (!wait_output(listener, bound, true))
      return false;
  auto log = standard_error();
  port_ = number_after(log, "listener=public", "port=");
  admin_port_ = number_after(log, "listener=admin", "port=");
  return port_ != 0 && admin_port_ != 0;
}

bool server_process::wait_output(std::string_view text, std::chrono::seconds bound,
                                 bool in_log) {
  std::unique_lock lock{mutex_};
  auto& stream = in_log ? err_ : out_;
  auto there = [&] {
    return stream.find(text) != std::string::npos;
  };
  grown_.wait_for(lock, bound, [&] { return there() || open_streams_ == 0; });
  return there();
}

void server_process::signal(int number) const {
  if (!status_)
    ::kill(pid_, number);
}

std::optional<int> server_process::wait_exit(std::chrono::seconds bound) {
  if (status_)
    return status_;
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  pollfd end{process, POLLIN, 0};
  const auto bound_ms = std::chrono::milliseconds{bound}.count();
  const bool ended = ::poll(&end, 1, static_cast<int>(bound_ms)) == 1;
  ::close(process);
  if (!ended)
    return std::nullopt;
  {
    // Both streams end with the process: all it has printed has been read.
    std::unique_lock lock{mutex_};
    grown_.wait_for(lock, bound, [&] { return open_streams_ == 0 || !reading_; });
  }
  int raw = 0;
  if (waitpid(pid_, &raw, 0) == pid_)
    status_ = status_of(raw);
  return status_;
}

void server_process::kill_hard() {
  if (status_)
    return;
  ::kill(pid_, SIGKILL);
  int raw = 0;
  if (waitpid(pid_, &raw, 0) == pid_)
    status_ = status_of(raw);
}

std::string server_process::standard_output() const {
  std::lock_guard guard{mutex_};
  return out_;
}

std::string server_process::standard_error() const {
  std::lock_guard guard{mutex_};
  return err_;
}

} // namespace tinybook::test
