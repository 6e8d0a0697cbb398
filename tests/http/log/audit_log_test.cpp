#include "http/log/audit_log.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/waiting.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace tinybook::http {

using namespace std::chrono_literals;
using nlohmann::json;
using tinybook::test::temporary_folder;
using tinybook::test::wait_until;

namespace {

/// Files grow to `bytes` at most while it lives, as on a full disk.
class full_at {
 public:
  explicit full_at(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~full_at() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }
  full_at(const full_at&) = delete;
  full_at& operator=(const full_at&) = delete;

 private:
  rlimit before_{};
};

/// A stream into a file of its own, and the log that it tells its troubles.
struct audit_stream {
  explicit audit_stream(const std::string& elsewhere = {})
      : file(elsewhere.empty() ? (folder.path() / "audit.log").string() : elsewhere) {
    auto opened = audit_log::open(file, log);
    REQUIRE(opened.ok());
    audit = std::move(*opened);
  }

  void write(std::int64_t id) {
    audit->write({.id = id, .kind = storage::audit_kind::log_in});
  }
  /// Waits for the end of what was written.
  void end() { audit.reset(); }
  [[nodiscard]] std::string told() const { return out->str(); }
  [[nodiscard]] int told(std::string_view event) const {
    int times = 0;
    const auto text = out->str();
    for (auto at = text.find(event); at != text.npos; at = text.find(event, at + 1))
      ++times;
    return times;
  }

  temporary_folder folder;
  std::string file;
  std::shared_ptr<std::ostringstream> out = std::make_shared<std::ostringstream>();
  log_ptr log = std::make_shared<log_writer>(
      config::log_settings{config::log_level::info, config::log_format::text},
      std::make_shared<spdlog::sinks::ostream_sink_mt>(*out));
  std::unique_ptr<audit_log> audit;
};

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> out;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

/// The ids of the entries in `file`.
std::vector<int> ids_of(const std::string& file) {
  std::vector<int> out;
  for (const auto& line : lines_of(file))
    out.push_back(json::parse(line).at("id"));
  return out;
}

} // namespace

TEST_CASE("an audit log that was moved away or removed is opened anew") {
  audit_stream s;
  const auto moved = s.file + ".1";
  s.write(1);
  REQUIRE(wait_until(10s, [&] { return lines_of(s.file).size() == 1; }));
  std::filesystem::rename(s.file, moved);
  s.write(2);
  REQUIRE(wait_until(10s, [&] { return lines_of(s.file).size() == 1; }));
  std::filesystem::remove(s.file);
  s.write(3);
  s.write(4);
  REQUIRE(wait_until(10s, [&] { return lines_of(s.file).size() == 2; }));
  std::filesystem::rename(s.file, moved + ".1");
  std::ofstream{s.file}.flush(); // Somebody else makes the new one.
  s.write(5);
  s.end();
  CHECK(ids_of(moved) == std::vector{1});
  CHECK(ids_of(moved + ".1") == std::vector{3, 4});
  CHECK(ids_of(s.file) == std::vector{5});
  CHECK(s.told("audit_log_opened_anew") == 3);
  CHECK(s.told("audit_log_fails") == 0);
}

TEST_CASE("an audit log that cannot be opened anew goes on where it was moved to") {
  audit_stream s;
  const auto moved = s.file + ".1";
  std::filesystem::rename(s.file, moved);
  std::filesystem::create_directory(s.file);
  s.write(1);
  s.write(2);
  REQUIRE(wait_until(10s, [&] { return lines_of(moved).size() == 2; }));
  CHECK(s.told("audit_log_not_opened_anew") == 1);
  CHECK(s.audit->lost() == 0);
  std::filesystem::remove(moved);
  s.write(3);
  CHECK(wait_until(10s, [&] { return s.audit->lost() == 1; }));
  CHECK(s.told("audit_log_fails") == 1);
}

TEST_CASE("lines that a full disk refuses are counted, and told once") {
  audit_stream s{"/dev/full"};
  for (int id = 1; id <= 5; ++id)
    s.write(id);
  CHECK(wait_until(10s, [&] { return s.audit->lost() == 5; }));
  s.end();
  CHECK(s.told("audit_log_fails") == 1);
  CHECK(s.told().find("No space left on device") != std::string::npos);
  CHECK(s.told("audit_log_works") == 0);
}

TEST_CASE("once there is space again the stream goes on with whole lines and says so") {
  audit_stream s;
  s.write(1);
  REQUIRE(wait_until(10s, [&] { return lines_of(s.file).size() == 1; }));
  {
    const full_at limit{std::filesystem::file_size(s.file) + 20};
    s.write(2); // Breaks off.
    s.write(3);
    REQUIRE(wait_until(10s, [&] { return s.audit->lost() == 2; }));
  }
  s.write(4);
  s.end();
  const auto lines = lines_of(s.file);
  REQUIRE(lines.size() == 4);
  CHECK(json::parse(lines[0])["id"] == 1);
  CHECK_FALSE(json::accept(lines[1]));
  CHECK(json::parse(lines[2])["event"] == "log_lines_dropped");
  CHECK(json::parse(lines[2])["lines"] == 2);
  CHECK(json::parse(lines[3])["id"] == 4);
  CHECK(s.told("audit_log_fails") == 1);
  CHECK(s.told("audit_log_works") == 1);
}

} // namespace tinybook::http
