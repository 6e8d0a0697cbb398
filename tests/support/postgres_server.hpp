#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tinybook::test {

struct postgres_server_options {
  bool fsync = false;              ///< With it a commit is on the disk, as in production.
  std::vector<std::string> more{}; ///< Further settings: `name=value`.
  /// Files of a certificate and its key, where it is to speak TLS.
  std::string certificate{};
  std::string key{};
};

/// A real PostgreSQL on a free port of 127.0.0.1, with its data in a temporary folder, as
/// an unprivileged user (initdb refuses root). Its cluster is copied from one that is
/// made once a build folder. Stopped and removed with the object; it ends with the
/// thread that started it, too.
class postgres_server {
 public:
  explicit postgres_server(postgres_server_options options = {});
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;
  ~postgres_server();

  /// Starts it again on the same port with the same data and waits until it answers.
  void start();
  /// Ends sessions and stops in order.
  void stop();
  /// kill -9 of all its processes: what was committed is there after the next start.
  void kill();
  /// SIGSTOP to all of its processes: connections stay, nothing is answered.
  void freeze();
  void thaw();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] static std::string user() { return "tinybook"; }
  [[nodiscard]] static std::string password() { return "tinybook-test-password"; }

  /// A URL for libpq with user and password.
  [[nodiscard]] std::string url(const std::string& database = "postgres") const;

  /// Writes a database to `file` by pg_dump, and makes it anew from there by pg_restore.
  /// Both throw where that fails.
  void dump(const std::string& database, const std::filesystem::path& file) const;
  void restore(const std::string& database, const std::filesystem::path& file) const;

  /// Makes an empty database.
  void create_database(const std::string& name) const;

  /// Runs SQL with psql and returns what it prints: unaligned, without headings. Throws
  /// where psql fails.
  [[nodiscard]] std::string query(const std::string& sql,
                                  const std::string& database = "postgres") const;

 private:
  std::string run_client(const std::string& name, std::vector<std::string> words) const;
  void wait_ready(std::chrono::seconds bound);
  [[nodiscard]] std::vector<pid_t> processes() const;

  postgres_server_options options_;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

} // namespace tinybook::test
