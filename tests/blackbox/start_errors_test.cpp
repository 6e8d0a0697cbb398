#include "tests/blackbox/fixture.hpp"
#include "tests/support/file_content.hpp"

#include <sqlite3.h>

#include <fstream>

namespace tinybook::test {

namespace {

/// Starts the binary, expects it to refuse, and returns what it printed.
std::string refusal(const temporary_folder& folder, std::vector<std::string> options,
                    int expected_status = 1) {
  server_process p{TINYBOOK_BINARY, folder.path(), options};
  CHECK(p.wait_exit() == expected_status);
  return p.standard_error();
}

void execute(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

} // namespace

TEST_CASE_FIXTURE(running_server, "a second instance on the same folder is refused") {
  auto text = refusal(folder, {});
  CHECK_MESSAGE(says(text, folder.path().string()), text);
}

TEST_CASE_FIXTURE(running_server, "a second instance on the same port is refused") {
  temporary_folder other;
  const auto data = other.path() / "data";
  auto port = std::to_string(process->port());
  auto text = refusal(
      other, {"--set", "http.port=" + port, "--set", "storage.path=" + data.string()});
  CHECK_MESSAGE(says(text, "127.0.0.1:" + port), text);
  CHECK_MESSAGE(says(text, "http.port"), text);
  CHECK_FALSE(std::filesystem::exists(data));
  CHECK(browser().get("/healthz").status == 200);
}

TEST_CASE_FIXTURE(running_server, "a database of a newer version is refused") {
  process->signal(15);
  REQUIRE(process->wait_exit() == 0);
  execute(folder.path() / "tinybook.db",
          "INSERT INTO schema_migrations(number, name, applied_at)"
          " VALUES (9999, 'from the future', 0)");
  auto text = refusal(folder, {});
  CHECK_MESSAGE(says(text, "newer"), text);
}

TEST_CASE("a damaged database is refused") {
  temporary_folder folder;
  std::ofstream{folder.path() / "tinybook.db"} << std::string(8192, 'x');
  auto text = refusal(folder, {"--new-keys-for-old-data"});
  CHECK_MESSAGE(says(text, "tinybook.db"), text);
}

TEST_CASE_FIXTURE(running_server,
                  "data without their keys are refused until new ones are "
                  "asked for in so many words") {
  auto c = person("ann");
  process->signal(15);
  REQUIRE(process->wait_exit() == 0);
  std::filesystem::remove(folder.path() / "keys.json");
  auto text = refusal(folder, {});
  CHECK_MESSAGE(says(text, "keys.json is missing"), text);
  CHECK_MESSAGE(says(text, "--new-keys-for-old-data"), text);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "keys.json"));
  options.emplace_back("--new-keys-for-old-data");
  start();
  CHECK(std::filesystem::exists(folder.path() / "keys.json"));
  auto again = browser();
  again.use_tokens(c.access(), c.refresh());
  CHECK(again.get("/users/profile").status == 401);
  CHECK(browser().log_in("ann@example.org", "correct horse").status == 200);
}

TEST_CASE("what --print-config shows in place of a secret is no secret") {
  temporary_folder folder;
  const auto file = folder.path() / "printed.toml";
  std::ofstream{file} << "[[sms.providers]]\nname = \"hook\"\nkind = \"webhook\"\n"
                         "url = \"https://example.org\"\nsecret = \"***\"\n";
  const auto text = refusal(folder, {"--config", file.string()}, 2);
  CHECK_MESSAGE(says(text, "--print-config shows in place of a secret"), text);
}

TEST_CASE("a data folder that cannot be one is refused") {
  temporary_folder folder;
  std::ofstream{folder.path() / "file"} << "not a folder";
  server_process p{TINYBOOK_BINARY, folder.path() / "file", {}};
  CHECK(p.wait_exit() == 1);
  CHECK(says(p.standard_error(), "file"));
}

TEST_CASE("every error of the configuration is told at once, with file and line") {
  temporary_folder folder;
  auto file = folder.path() / "bad.toml";
  std::ofstream{file} << "[http]\nprot = 8081\nmax_headers = \"many\"\n"
                         "[ranking]\nrefresh_period = \"0s\"\n";
  auto text = refusal(folder, {"--config", file.string()}, 2);
  CHECK_MESSAGE(says(text, "bad.toml:2"), text);
  CHECK_MESSAGE(says(text, "http.port"), text);
  CHECK_MESSAGE(says(text, "bad.toml:3"), text);
  CHECK_MESSAGE(says(text, "bad.toml:5"), text);
}

TEST_CASE(
    "a CA without a certificate is refused at the start, not at the first sign-up") {
  const temporary_folder folder;
  const auto data = (folder.path() / "data").string();
  const auto key = (folder.path() / "key").string();
  const auto ca = (folder.path() / "ca.pem").string();
  std::ofstream{key} << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
  std::ofstream{ca} << "garbage";
  const auto text = refusal(folder, {"--set", "storage.path=" + data, "--set",
                                     "abuse.webhook=https://127.0.0.1:1/ask", "--set",
                                     "abuse.webhook_key_file=" + key, "--set",
                                     "abuse.webhook_ca_file=" + ca});
  CHECK_MESSAGE(says(text, "abuse.webhook_ca_file: " + ca), text);
  CHECK_FALSE(std::filesystem::exists(data));
}

TEST_CASE("an audit trail in a file of the server itself is refused, and harms it not") {
  const temporary_folder folder;
  const auto database = folder.path() / "tinybook.db";
  std::ofstream{database} << "as it was";
  const auto text = refusal(folder, {"--set", "audit.log=" + database.string()}, 2);
  CHECK_MESSAGE(says(text, "audit.log"), text);
  CHECK_MESSAGE(says(text, "storage.path"), text);
  CHECK(content_of(database) == "as it was");
}

} // namespace tinybook::test
