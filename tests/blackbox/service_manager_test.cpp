#include "tests/blackbox/fixture.hpp"

#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// What systemd listens with: NOTIFY_SOCKET. A leading @ makes it an abstract one.
class notify_socket {
 public:
  explicit notify_socket(const std::string& name)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    REQUIRE(name.size() < sizeof at.sun_path);
    name.copy(at.sun_path, name.size());
    if (name[0] == '@')
      at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size()
                                             + (name[0] == '@' ? 0 : 1));
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&at), size) == 0);
  }
  ~notify_socket() { close(fd_); }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  /// The next message; empty once `bound` has passed.
  [[nodiscard]] std::string next(std::chrono::milliseconds bound = 10s) const {
    pollfd readable{fd_, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(bound.count())) != 1)
      return {};
    std::array<char, 4096> text{};
    const auto size = recv(fd_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

  /// The first message from now on that begins with `words`; empty if none comes.
  [[nodiscard]] std::string next_of(const std::string& words) const {
    auto message = next();
    while (!message.empty() && !message.starts_with(words))
      message = next();
    return message;
  }

  /// Throws away what has come so far.
  void forget() const {
    while (!next(0ms).empty())
      continue;
  }

 private:
  int fd_;
};

/// Stops the threads of a process that run its scheduled actors, and no other.
class stuck_actors {
 public:
  explicit stuck_actors(int pid) {
    const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator{tasks})
      // The name that CAF 0.17 gives the threads of its scheduler.
      if (content_of(task.path() / "comm") == "caf.multiplexer\n")
        stop(std::stoi(task.path().filename().string()));
  }
  ~stuck_actors() {
    for (const int thread : threads_)
      ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
  }
  stuck_actors(const stuck_actors&) = delete;
  stuck_actors& operator=(const stuck_actors&) = delete;

  [[nodiscard]] std::size_t count() const { return threads_.size(); }

 private:
  void stop(int thread) {
    REQUIRE(ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) == 0);
    REQUIRE(ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0);
    REQUIRE(waitpid(thread, nullptr, __WALL) == thread);
    threads_.push_back(thread);
  }

  std::vector<int> threads_;
};

} // namespace

TEST_CASE("a service manager is told when it serves, how it is, and that it stops") {
  const temporary_folder folder;
  for (const auto& name : {(folder.path() / "notify").string(),
                           "@tinybook-test-" + std::to_string(getpid())}) {
    const notify_socket manager{name};
    running_server server{running_server::later{}};
    server.variables = {"NOTIFY_SOCKET=" + name};
    server.start();
    CHECK(manager.next_of("READY=1") == "READY=1\nSTATUS=serving");

    auto operated = server.admin();
    std::string token;
    std::getline(std::ifstream{server.folder.path() / "admin.token"}, token);
    operated.use_tokens(token, "");
    const auto force = [&](const char* state) {
      const auto path = "/admin/providers/console/state";
      CHECK(operated.post(path, {{"state", state}, {"reason", "tried"}}).status == 200);
    };
    force("open");
    CHECK(says(manager.next(), "STATUS=serving, degraded: forced.console"));
    force("auto");
    CHECK(manager.next_of("STATUS=serving") == "STATUS=serving");

    server.process->signal(SIGTERM);
    CHECK(manager.next() == "STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=65000000");
    CHECK(server.process->wait_exit() == 0);
    CHECK(manager.next(0ms).empty());
  }
}

TEST_CASE("signs of life come until the scheduler's threads hang, and again after it") {
  const temporary_folder folder;
  const auto name = (folder.path() / "notify").string();
  const notify_socket manager{name};
  running_server server{running_server::later{}};
  server.options.insert(server.options.end(), {"--set", "scheduler.threads=2"});
  server.variables = {"NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=100000"};
  server.start();
  for (int i = 0; i < 3; ++i)
    CHECK(manager.next_of("WATCHDOG=1") == "WATCHDOG=1");
  {
    const stuck_actors stuck{server.process->pid()};
    REQUIRE(stuck.count() == 2);
    // One may be under way. Afterwards ten would have come.
    manager.forget();
    (void)manager.next(200ms);
    CHECK(manager.next(500ms).empty());
    server.process->signal(SIGHUP);
    CHECK(server.process->wait_output("reload_ignored", 5s, true));
  }
  CHECK(manager.next_of("WATCHDOG=1") == "WATCHDOG=1");
}

} // namespace tinybook::test
