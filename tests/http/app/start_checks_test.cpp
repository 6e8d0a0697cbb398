#include "config/loader.hpp"
#include "http/app/start_checks.hpp"
#include "tests/support/own_certificate.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace tinybook::http {

TEST_CASE(
    "a file of ours in the data folder that is a link is refused, wherever it leads") {
  const tinybook::test::temporary_folder folder;
  auto s = config::defaults();
  s.storage.path = folder.path().string();
  std::ofstream{folder.path() / "elsewhere"} << "{}";
  const auto ours = own_files(s);
  REQUIRE(ours.size() == 6);
  for (const auto& [file, key] : ours) {
    CHECK(check_own_files(s).ok());
    for (const auto* target : {"elsewhere", "nowhere"}) {
      std::filesystem::create_symlink(folder.path() / target, file);
      const auto refused = check_own_files(s);
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().detail.starts_with(file.string() + " is a symbolic link"));
      CHECK(refused.error().detail.ends_with("set " + std::string{key}));
      std::filesystem::remove(file);
    }
  }
  // What is kept elsewhere may be mounted there.
  std::filesystem::create_symlink(folder.path() / "elsewhere",
                                  folder.path() / "keys.json");
  s.keys.file = (folder.path() / "elsewhere").string();
  CHECK(check_own_files(s).ok());
  s.storage.database = config::database_kind::postgres;
  std::filesystem::create_symlink(folder.path() / "elsewhere",
                                  folder.path() / "tinybook.db");
  CHECK(check_own_files(s).ok());
}

TEST_CASE("a token of operators that cannot be used is refused before anything is made") {
  const tinybook::test::temporary_folder folder;
  auto s = config::defaults();
  s.storage.path = folder.path().string();
  const auto token = folder.path() / "admin.token";
  using std::filesystem::perms;
  const auto with = [&](const char* text, perms mode) {
    std::ofstream{token} << text;
    std::filesystem::permissions(token, mode);
    const auto fit = check_own_files(s);
    return fit.ok() ? std::string{} : fit.error().detail;
  };
  const auto closed = perms::owner_read | perms::owner_write;
  CHECK(with("0123456789abcdef\n", closed).empty());
  CHECK(with("0123456789abcdef\n", closed | perms::others_read).find("open to others")
        != std::string::npos);
  CHECK(with("short\n", closed).find("is damaged") != std::string::npos);
  s.admin.token_file = (folder.path() / "missing").string();
  CHECK_FALSE(check_own_files(s).ok());
}

TEST_CASE(
    "a file of the audit trail that a start could not open is found without making it") {
  const tinybook::test::temporary_folder folder;
  auto s = config::defaults();
  s.storage.path = (folder.path() / "data").string();
  const auto fits = [&](const std::filesystem::path& to) {
    s.audit.log = to.string();
    const auto fit = check_audit_file(s);
    CHECK((fit.ok() || fit.error().detail.starts_with("audit.log: " + s.audit.log)));
    return fit.ok();
  };
  CHECK(fits(""));
  CHECK(fits("stderr"));
  CHECK(fits(folder.path() / "audit"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "audit"));
  CHECK(fits(folder.path() / "data" / "audit")); // In what the first start makes.
  CHECK_FALSE(fits(folder.path() / "missing" / "audit"));
  CHECK_FALSE(fits(folder.path()));
  std::filesystem::create_symlink("audit", folder.path() / "link");
  CHECK_FALSE(fits(folder.path() / "link"));
  std::ofstream{folder.path() / "audit"} << "line\n";
  CHECK(fits(folder.path() / "audit"));
  CHECK(std::filesystem::file_size(folder.path() / "audit") == 5);
}

TEST_CASE("a file without a certificate of a CA is refused where it is in use") {
  using config::settings;
  const tinybook::test::own_certificate good{"IP:127.0.0.1"};
  const tinybook::test::temporary_folder folder;
  const auto garbage = (folder.path() / "ca.pem").string();
  std::ofstream{garbage} << "no certificate";
  struct use {
    std::string name;
    std::function<std::string&(settings&)> file;
    std::function<void(settings&)> begin;
  };
  const std::vector<use> uses{
      {"postgres.ca_file", [](settings& s) -> std::string& { return s.postgres.ca_file; },
       [](settings& s) {
         s.storage.database = config::database_kind::postgres;
       }},
      {"kafka.ca_file", [](settings& s) -> std::string& { return s.kafka.ca_file; },
       [](settings& s) {
         s.events.bus = config::bus_kind::kafka;
       }},
      {"abuse.webhook_ca_file",
       [](settings& s) -> std::string& { return s.abuse.webhook_ca_file; },
       [](settings& s) {
         s.abuse.webhook = "https://h.example/ask";
       }}};
  for (const auto& one : uses) {
    auto s = config::defaults();
    one.file(s) = garbage;
    CHECK(check_certificates(s).ok()); // Nobody reads it.
    one.begin(s);
    for (const auto& file : {garbage, folder.path().string(), garbage + ".missing"}) {
      one.file(s) = file;
      const auto refused = check_certificates(s);
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().detail.starts_with(one.name + ": " + file));
    }
    one.file(s) = good.file();
    CHECK(check_certificates(s).ok());
    one.file(s) = "";
    CHECK(check_certificates(s).ok());
  }
}

} // namespace tinybook::http
