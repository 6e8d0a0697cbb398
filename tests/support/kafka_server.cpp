#include "tests/support/kafka_server.hpp"

#include "tests/support/file_content.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/waiting.hpp"

#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

using namespace std::chrono_literals;

kafka_server::kafka_server(options o)
    : options_(std::move(o)), port_(free_port()), controller_port_(free_port()) {
  if (options_.started)
    start();
}

kafka_server::~kafka_server() {
  kill_hard();
}

std::filesystem::path kafka_server::home() {
  const char* cache = std::getenv("XDG_CACHE_HOME"); // NOLINT(concurrency-mt-unsafe)
  const char* user = std::getenv("HOME");            // NOLINT(concurrency-mt-unsafe)
  auto base = cache != nullptr && *cache != '\0'
                  ? std::filesystem::path{cache}
                  : std::filesystem::path{user == nullptr ? "/" : user} / ".cache";
  return base / "tinybook" / "kafka";
}

void kafka_server::start() {
  auto program = home() / "run.sh";
  if (!std::filesystem::exists(program))
    throw std::runtime_error("no Kafka to start: run scripts/prepare-kafka.sh first");
  ++starts_;
  std::vector<std::string> words{program.string(), folder_.path().string(),
                                 std::to_string(port_), std::to_string(controller_port_)};
  words.insert(words.end(), options_.settings.begin(), options_.settings.end());
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  auto advertised = options_.advertised_port == 0 ? port_ : options_.advertised_port;
  std::vector<std::string> variables{"ADVERTISED_PORT=" + std::to_string(advertised)};
  for (char** one = environ; *one != nullptr; ++one)
    variables.emplace_back(*one);
  std::vector<char*> envp;
  for (auto& v : variables)
    envp.push_back(v.data());
  envp.push_back(nullptr);

  auto log_file = folder_.path() / ("out-" + std::to_string(starts_) + ".log");
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  auto failed =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    throw std::runtime_error("cannot start " + program.string());

  const auto started = wait_until(60s, [this] {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("the broker ended at once: " + log());
    }
    return log().find("Kafka Server started") != std::string::npos;
  });
  if (!started)
    throw std::runtime_error("the broker did not start: " + log());
}

std::string kafka_server::log() const {
  return content_of(folder_.path() / ("out-" + std::to_string(starts_) + ".log"));
}

void kafka_server::end(int signal) {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, signal);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

void kafka_server::stop() {
  end(SIGTERM);
}

void kafka_server::kill_hard() {
  end(SIGKILL);
}

void kafka_server::freeze() {
  ::kill(pid_, SIGSTOP);
  int status = 0;
  ::waitpid(pid_, &status, WUNTRACED);
}

void kafka_server::thaw() {
  ::kill(pid_, SIGCONT);
}

} // namespace tinybook::test
