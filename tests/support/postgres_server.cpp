#include "tests/support/postgres_server.hpp"

#include "tests/support/file_content.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/waiting.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <unistd.h>

namespace tinybook::test {

namespace fs = std::filesystem;

namespace {

using words = std::vector<std::string>;

/// The path of a PostgreSQL program as Debian installs it, the newest version first.
fs::path program(const std::string& name) {
  for (int version = 18; version >= 13; --version) {
    auto path = fs::path("/usr/lib/postgresql") / std::to_string(version) / "bin" / name;
    if (fs::exists(path))
      return path;
  }
  throw std::runtime_error("no PostgreSQL server is installed");
}

/// The user that the server runs as where this process is root; else null.
const passwd* server_user() {
  if (::geteuid() != 0)
    return nullptr;
  for (const auto* name : {"postgres", "nobody"})
    if (const auto* entry = ::getpwnam(name)) // NOLINT(concurrency-mt-unsafe)
      return entry;
  throw std::runtime_error("no unprivileged user to run PostgreSQL as");
}

void give_up_rights(const passwd* user) {
  if (user == nullptr)
    return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0
      || ::setuid(user->pw_uid) != 0)
    ::_exit(126);
}

void own(const fs::path& path) {
  const auto* user = server_user();
  if (user != nullptr && ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give " + path.string() + " away");
}

/// Starts a program whose output goes to `log`.
pid_t launch(words command, const fs::path& log, const fs::path& in) {
  // All memory is allocated before the fork: another thread may hold the allocator's
  // lock.
  const auto* user = server_user();
  std::vector<char*> argv;
  for (auto& w : command)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  const auto pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("cannot fork");
  if (pid > 0)
    return pid;
  const auto out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const auto nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  for (int fd = 3; fd < 4096; ++fd)
    ::close(fd);
  if (::chdir(in.c_str()) != 0)
    ::_exit(125);
  give_up_rights(user);
  // The server ends with the test. Giving rights up resets this, so it comes last.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

fs::path new_folder() {
  auto pattern = (fs::temp_directory_path() / "tinybook-postgres-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary folder");
  own(pattern);
  return pattern;
}

void run(const words& command, const fs::path& in) {
  const auto log = in / "command.log";
  if (wait_for(launch(command, log, in)) != 0)
    throw std::runtime_error(command.front() + " failed: " + content_of(log));
}

void copy_whole(const fs::path& from, const fs::path& to) {
  const auto command =
      "/bin/cp -a '" + from.string() + "' '" + to.string() + "' 2>/dev/null";
  if (std::system(command.c_str()) != 0) // NOLINT(*-mt-unsafe,*-command-processor)
    throw std::runtime_error("cannot copy " + from.string());
}

/// A fresh cluster, made once for each build folder. Two tests at once make one each; the
/// first to be ready is kept.
fs::path cluster_template() {
  const fs::path kept = fs::path(TINYBOOK_TEST_CACHE) / "postgres-cluster";
  if (fs::exists(kept))
    return kept;
  const auto folder = new_folder();
  const auto secret = folder / "password";
  std::ofstream(secret) << postgres_server::password() << '\n';
  own(secret);
  run({program("initdb"), "-D", folder / "data", "-U", postgres_server::user(), "-E",
       "UTF8", "--locale=C", "-A", "scram-sha-256", "--pwfile", secret, "--no-sync",
       "--wal-segsize=1"},
      folder);
  fs::create_directories(kept.parent_path());
  const auto own_copy = kept.string() + '-' + std::to_string(::getpid());
  copy_whole(folder / "data", own_copy);
  std::error_code taken;
  fs::rename(own_copy, kept, taken);
  if (taken)
    fs::remove_all(own_copy);
  fs::remove_all(folder);
  return kept;
}

/// Whether a process has ended, even if it has not been reaped yet.
bool is_gone(pid_t pid) {
  const auto stat = content_of("/proc/" + std::to_string(pid) + "/stat");
  return stat.empty() || stat.find(") Z") != std::string::npos;
}

} // namespace

postgres_server::postgres_server(postgres_server_options options)
    : options_(std::move(options)), folder_(new_folder()) {
  copy_whole(cluster_template(), folder_ / "data");
  if (!options_.certificate.empty()) {
    for (const auto& [from, name] :
         {std::pair{options_.certificate, "server.crt"}, {options_.key, "server.key"}}) {
      fs::copy_file(from, folder_ / "data" / name);
      fs::permissions(folder_ / "data" / name, fs::perms{0600});
      own(folder_ / "data" / name);
    }
    options_.more.emplace_back("ssl=on"); // Those are the default names.
  }
  start_on_free_port([this] {
    port_ = free_port();
    start();
  });
}

postgres_server::~postgres_server() {
  kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void postgres_server::start() {
  words command{program("postgres"),
                "-D",
                folder_ / "data",
                "-p",
                std::to_string(port_),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "shared_buffers=32MB",
                "-c",
                "max_connections=60",
                "-c",
                "log_min_messages=warning"};
  if (!options_.fsync)
    command.insert(command.end(), {"-F", "-c", "full_page_writes=off"});
  for (const auto& setting : options_.more)
    command.insert(command.end(), {"-c", setting});
  pid_ = launch(command, folder_ / "server.log", folder_);
  wait_ready(std::chrono::seconds{30});
}

void postgres_server::wait_ready(std::chrono::seconds bound) {
  const auto ready = wait_until(bound, [this] {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw server_ended("PostgreSQL ended at once: "
                         + content_of(folder_ / "server.log"));
    }
    // The eighth line of the file is the server's state.
    return content_of(folder_ / "data" / "postmaster.pid").find("\nready")
           != std::string::npos;
  });
  if (!ready)
    throw std::runtime_error("PostgreSQL does not start: "
                             + content_of(folder_ / "server.log"));
}

void postgres_server::stop() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGINT);
  wait_for(pid_);
  pid_ = -1;
}

void postgres_server::kill() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGSTOP); // makes no children any more
  auto all = processes();
  for (const auto pid : all)
    ::kill(pid, SIGKILL);
  wait_for(pid_);
  for (const auto pid : all)
    static_cast<void>(wait_until(std::chrono::seconds{5}, [&] { return is_gone(pid); }));
  std::error_code ignored;
  fs::remove(folder_ / "data" / "postmaster.pid", ignored);
  pid_ = -1;
}

void postgres_server::freeze() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGSTOP);
  for (const auto pid : processes())
    ::kill(pid, SIGSTOP);
}

void postgres_server::thaw() {
  for (const auto pid : processes())
    ::kill(pid, SIGCONT);
}

std::vector<pid_t> postgres_server::processes() const {
  std::vector<pid_t> out;
  if (pid_ < 0)
    return out;
  const auto id = std::to_string(pid_);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  for (pid_t child = 0; children >> child;)
    out.push_back(child);
  out.push_back(pid_);
  return out;
}

std::string postgres_server::url(const std::string& database) const {
  return "postgresql://" + user() + ':' + password()
         + "@127.0.0.1:" + std::to_string(port_) + '/' + database;
}

void postgres_server::create_database(const std::string& name) const {
  static_cast<void>(query("CREATE DATABASE " + name));
}

std::string postgres_server::run_client(const std::string& name,
                                        std::vector<std::string> words) const {
  static int count = 0;
  const auto log = folder_ / ("client-" + std::to_string(++count) + ".log");
  words.insert(words.begin(), program(name));
  const auto failed = wait_for(launch(words, log, folder_)) != 0;
  auto out = content_of(log);
  fs::remove(log);
  if (failed)
    throw std::runtime_error(name + " failed: " + out);
  return out;
}

void postgres_server::dump(const std::string& database, const fs::path& file) const {
  run_client("pg_dump", {"-Fc", "-d", url(database), "-f", file.string()});
}

void postgres_server::restore(const std::string& database, const fs::path& file) const {
  static_cast<void>(query("DROP DATABASE IF EXISTS " + database));
  create_database(database);
  run_client("pg_restore",
             {"--no-owner", "--exit-on-error", "-d", url(database), file.string()});
}

std::string postgres_server::query(const std::string& sql,
                                   const std::string& database) const {
  return run_client("psql", {"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                             url(database), "-c", sql});
}

} // namespace tinybook::test
