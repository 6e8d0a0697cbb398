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

TEST_CASE("a secret in the data folder that is a link is refused, wherever it leads") {
  const tinybook::test::temporary_folder folder;
  const auto secret = folder.path() / "keys.json";
  CHECK(refuse_link(secret, "keys.file").ok());
  std::ofstream{folder.path() / "elsewhere"} << "{}";
  for (const auto* target : {"elsewhere", "nowhere"}) {
    std::filesystem::create_symlink(folder.path() / target, secret);
    const auto refused = refuse_link(secret, "keys.file");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find("keys.json is a link") != std::string::npos);
    CHECK(refused.error().detail.find("keys.file") != std::string::npos);
    std::filesystem::remove(secret);
  }
  std::ofstream{secret} << "{}";
  CHECK(refuse_link(secret, "keys.file").ok());
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
