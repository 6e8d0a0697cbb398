#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tinybook::test {

/// The real binary as a child process, on ports of its own choice. Its output is read
/// unless a test stops it, so it never blocks on a full pipe.
class server_process {
 public:
  /// Starts `binary` with `storage.path = folder` and both ports 0, then `options`;
  /// `variables` (`NAME=value`) join its environment.
  server_process(const std::filesystem::path& binary, const std::filesystem::path& folder,
                 const std::vector<std::string>& options = {},
                 const std::vector<std::string>& variables = {});

  /// Kills it if it still runs.
  ~server_process();
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  /// Waits for the log line `ready`; false when the process ended or `bound` passed
  /// first.
  [[nodiscard]] bool wait_ready(std::chrono::seconds bound = std::chrono::seconds{30});

  /// Waits until both listeners are open and their ports known: a replica whose back ends
  /// are unavailable listens but is not ready.
  [[nodiscard]] bool wait_listening(std::chrono::seconds bound = std::chrono::seconds{
                                        30});

  /// Waits until standard output (or, with `in_log`, standard error) holds `text`.
  [[nodiscard]] bool wait_output(std::string_view text, std::chrono::seconds bound,
                                 bool in_log = false);

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] int admin_port() const { return admin_port_; }
  [[nodiscard]] int pid() const { return pid_; }

  void signal(int number) const;

  /// Whether the process's output is read: with `false` its pipes fill.
  void read_output(bool wanted);

  /// The exit status as a shell tells it (128 + signal), or nothing after `bound`.
  [[nodiscard]] std::optional<int>
  wait_exit(std::chrono::seconds bound = std::chrono::seconds{60});

  /// kill -9, and reaped.
  void kill_hard();

  /// What came out so far.
  [[nodiscard]] std::string standard_output() const;
  [[nodiscard]] std::string standard_error() const;

 private:
  void read_into(int fd, std::string& into);

  int pid_ = -1;
  int port_ = 0;
  int admin_port_ = 0;
  std::optional<int> status_;
  mutable std::mutex mutex_;
  std::condition_variable grown_;
  std::string out_;
  std::string err_;
  int open_streams_ = 2;
  bool reading_ = true;
  std::vector<std::thread> readers_;
};

} // namespace tinybook::test
