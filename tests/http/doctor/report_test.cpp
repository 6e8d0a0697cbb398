#include "config/loader.hpp"
#include "http/commands/doctor/report.hpp"
#include "tests/http/doctor/found.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tinybook::test {

namespace {

using namespace http::doctor;
using config::exit_code;

const findings sample_findings{
    fine("postgres.server", "PostgreSQL 15.4"), note("files.disk", "small"),
    warning("postgres.pooler", "is in between", "Connect past it."),
    error("postgres.fsync", "off", "Set fsync = on.")};

} // namespace

TEST_CASE("the worst finding decides the exit code") {
  CHECK(exit_code_of({}) == exit_code::ok);
  CHECK(exit_code_of({sample_findings[0], sample_findings[1]}) == exit_code::ok);
  CHECK(exit_code_of({sample_findings[2], sample_findings[1]}) == exit_code::warned);
  CHECK(exit_code_of(sample_findings) == exit_code::failed);
}

TEST_CASE("the report for people is grouped, with what to do below what is found") {
  CHECK(text_of(arranged(sample_findings))
        == "files\n"
           "  note     disk                  small\n"
           "postgres\n"
           "  ok       server                PostgreSQL 15.4\n"
           "  warning  pooler                is in between\n"
           "           -> Connect past it.\n"
           "  error    fsync                 off\n"
           "           -> Set fsync = on.\n"
           "\n"
           "1 error, 1 warning, 1 note, 1 ok\n");
}

TEST_CASE("the report as JSON has lasting names, also for bytes that are no text") {
  auto all = sample_findings;
  all.push_back(note("files.private", "a \xff name"));
  const auto document = nlohmann::json::parse(json_of(all));
  CHECK(document["worst"] == "error");
  CHECK(document["counts"]
        == nlohmann::json{{"ok", 1}, {"note", 2}, {"warning", 1}, {"error", 1}});
  CHECK(document["findings"].size() == 5);
  CHECK(document["findings"][3]
        == nlohmann::json{{"level", "error"},
                          {"what", "postgres.fsync"},
                          {"found", "off"},
                          {"todo", "Set fsync = on."}});
  CHECK(nlohmann::json::parse(json_of({}))["worst"] == "ok");
}

TEST_CASE("no secret of the settings is in a report, wherever it came in") {
  auto s = config::defaults();
  s.postgres.url = "postgresql://ann:url-pass@word@db/tinybook";
  s.postgres.password = "pg-password";
  s.redis.password = "redis-password";
  s.sms.providers.front().secret = "provider-secret";
  s.sms.providers.front().receipt_secret = "receipt-secret";
  s.codes.test_numbers = {"+8613800000001=123456"};
  findings all;
  for (const auto* secret :
       {"url-pass@word", "pg-password", "redis-password", "provider-secret",
        "receipt-secret", "+8613800000001=123456"})
    all.push_back(error("postgres.connection",
                        std::string{"says "} + secret + " twice " + secret,
                        "look at it"));
  hide_secrets(s, all);
  for (const auto& one : all)
    CHECK(one.found == "says *** twice ***");
}

TEST_CASE("what is to be done stays readable with a password that is a word of it") {
  auto s = config::defaults();
  s.postgres.password = "postgres";
  findings all{
      error("postgres.connection", "no postgres there", "Look at postgres.url.")};
  hide_secrets(s, all);
  CHECK(all[0].found == "no *** there");
  CHECK(all[0].to_do == "Look at postgres.url.");
}

} // namespace tinybook::test
