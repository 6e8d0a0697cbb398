#include "config/key_table.hpp"
#include "tests/config/support.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook::config::testing {

using namespace std::chrono_literals;

TEST_CASE("without any source the defaults stand") {
  const auto loaded = load({});
  CHECK(loaded.ok());
  CHECK(loaded.values.http.port == 8081);
  CHECK(loaded.values.admin.port == 8082);
  CHECK(loaded.values.admin.address == "127.0.0.1");
  CHECK(loaded.values.storage.path == "data");
  CHECK(loaded.values.codes.lifetime == 600s);
  CHECK(loaded.values.http.max_article_body_bytes == 1'310'720);
  CHECK(loaded.values.ranking.utc_offset == 8h);
  REQUIRE(loaded.values.sms.providers.size() == 1);
  CHECK(loaded.values.sms.providers[0].kind == provider_kind::console);
}

TEST_CASE("the environment wins over the file, and --set over both") {
  const auto* file = "[http]\nport = 1001\nmax_headers = 50\n[log]\nlevel = \"warn\"\n";
  const auto loaded =
      load_text(file, {{"TINYBOOK_HTTP_PORT", "1002"}, {"TINYBOOK_LOG_LEVEL", "debug"}},
                {"http.port=1003", "http.port=1004"});
  REQUIRE_MESSAGE(loaded.ok(), all_text(loaded));
  CHECK(loaded.values.http.max_headers == 50);
  CHECK(loaded.values.log.level == log_level::debug);
  CHECK(loaded.values.http.port == 1004);
}

TEST_CASE("a list is overridden with commas or as TOML") {
  const std::vector<std::string> both{"10.0.0.0/8", "::1"};
  CHECK(load_set({"http.trusted_proxies=10.0.0.0/8,::1"}).values.http.trusted_proxies
        == both);
  CHECK(load_set({R"(http.trusted_proxies=["10.0.0.0/8", "::1"])"})
            .values.http.trusted_proxies
        == both);
  CHECK(load_set({"http.cors_origins="}).values.http.cors_origins.empty());
  CHECK_FALSE(load_set({"http.trusted_proxies=[oops"}).ok());
}

TEST_CASE("an error names file, line, key, value and what is allowed") {
  const temporary_file file{"# first\n[http]\naddress = \"::1\"\nport = 99999\n"};
  const auto loaded = load({file.path(), {}, {}});
  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].line == 4);
  CHECK(loaded.errors[0].text()
        == file.path().string()
               + ":4: http.port: 99999 is not allowed; use an integer from 0 to 65535");
}

TEST_CASE("an error of an override names the variable or the option") {
  const auto loaded =
      load({{}, {{"TINYBOOK_HTTP_PORT", "http"}}, {"log.format=xml", "log.level"}});
  CHECK(errors_about(loaded, "http.port")
        == "environment TINYBOOK_HTTP_PORT: http.port: \"http\" is not allowed; use an "
           "integer from 0 to 65535\n");
  CHECK(errors_about(loaded, "log.format")
        == "--set: log.format: \"xml\" is not allowed; use one of \"text\", \"json\"\n");
  CHECK(holds(errors_about(loaded, "log.level"), "write --set log.level=VALUE"));
}

TEST_CASE("all errors are reported at once, in the order of the lines") {
  const auto loaded = load_text("[http]\nprot = 1\nport = \"x\"\nidle_timeout = 60\n"
                                "[nowhere]\nx = 1\n[log]\nlevel = \"loud\"\n",
                                {{"TINYBOOK_NOPE", "1"}}, {"sessions.issuer="});
  std::vector<std::size_t> lines;
  for (const auto& error : loaded.errors)
    lines.push_back(error.line);
  CHECK(lines == std::vector<std::size_t>{2, 3, 4, 5, 8, 0, 0});
}

TEST_CASE("only the documented type is taken") {
  CHECK_FALSE(load_text("[http]\nport = \"8081\"\n").ok());
  CHECK_FALSE(load_text("[http]\nport = 8081.0\n").ok());
  CHECK_FALSE(load_text("[http]\nport = true\n").ok());
  CHECK_FALSE(load_text("[http]\nport = [8081]\n").ok());
  CHECK_FALSE(load_text("[http]\nport = {number = 8081}\n").ok());
  CHECK_FALSE(load_text("[http]\nport = 2020-01-01\n").ok());
  CHECK_FALSE(load_text("[http]\nidle_timeout = 60\n").ok());
  CHECK_FALSE(load_text("[http]\nidle_timeout = \"60\"\n").ok());
  CHECK_FALSE(load_text("[http]\nrequire_login_to_read = 1\n").ok());
  CHECK_FALSE(load_text("[http]\nrequire_login_to_read = \"true\"\n").ok());
  CHECK_FALSE(load_text("[http]\ncors_origins = \"http://a.org\"\n").ok());
  CHECK_FALSE(load_text("[http]\ncors_origins = [1]\n").ok());
  CHECK_FALSE(load_text("[sms.retry]\njitter = nan\n").ok());
  CHECK_FALSE(load_text("http = 1\n").ok());
  CHECK_FALSE(load_text("[[http]]\nport = 1\n").ok());
  CHECK(load_text("[sms.retry]\nmultiplier = 2\n").ok());
  CHECK(load_text("[http]\nmax_body = 65536\n").ok());
  CHECK(load_text("http.port = 1\n").ok());
}

TEST_CASE("a syntax error names its line and hides no error of the overrides") {
  const auto loaded = load_text("[http]\n\nport = = 3\n", {}, {"log.level=loud"});
  REQUIRE(loaded.errors.size() == 2);
  CHECK(loaded.errors[0].line == 3);
  CHECK(holds(loaded.errors[0].message, "not valid TOML"));
  CHECK(loaded.errors[1].key == "log.level");
}

TEST_CASE("a key given twice in the file is an error with the line of the second") {
  const auto loaded = load_text("[http]\nport = 1\nport = 2\n");
  REQUIRE(loaded.errors.size() == 1);
  CHECK(loaded.errors[0].line == 3);
  CHECK(holds(loaded.errors[0].message, "port"));
}

TEST_CASE("a file that cannot be read is an error, not a default") {
  for (const auto* path : {"/nonexistent/tinybook.toml", "/", ""}) {
    const auto loaded = load({path, {}, {}});
    REQUIRE(loaded.errors.size() == 1);
    CHECK(holds(loaded.errors[0].text(), "cannot be read"));
  }
}

TEST_CASE("variables of other programs are ignored") {
  CHECK(load({{}, {{"PATH", "/bin"}, {"tinybook_http_port", "x"}}, {}}).ok());
}

TEST_CASE("what Kubernetes sets for a service named tinybook is no configuration") {
  const auto loaded = load({{},
                            {{"TINYBOOK_SERVICE_HOST", "10.0.0.1"},
                             {"TINYBOOK_SERVICE_PORT", "8081"},
                             {"TINYBOOK_SERVICE_PORT_HTTP", "8081"},
                             {"TINYBOOK_PORT", "tcp://10.0.0.1:8081"},
                             {"TINYBOOK_PORT_8081_TCP", "tcp://10.0.0.1:8081"},
                             {"TINYBOOK_PORT_8081_TCP_PROTO", "tcp"},
                             {"TINYBOOK_PORT_8081_TCP_PORT", "8081"},
                             {"TINYBOOK_PORT_8081_TCP_ADDR", "10.0.0.1"},
                             {"TINYBOOK_HTTP_PORT", "tcp://10.0.0.2:80"}},
                            {}});
  CHECK_MESSAGE(loaded.ok(), all_text(loaded));
  CHECK(loaded.values.http.port == 8081);
}

TEST_CASE("values that do not go together are refused") {
  const auto refused = [](std::vector<std::string> assignments, std::string_view part) {
    const auto loaded = load_set(std::move(assignments));
    CHECK_MESSAGE(holds(all_text(loaded), part), all_text(loaded));
  };
  refused({"sessions.refresh_lifetime=10m"}, "sessions.refresh_lifetime");
  refused({"http.deadline=2s"}, "storage.busy_timeout must be less than http.deadline");
  refused({"sms.retry.cap=100ms"}, "sms.retry.base must not be more than sms.retry.cap");
  refused({"passwords.min_length=20", "passwords.max_length=10"}, "passwords.max_length");
  refused({"http.port=9000", "admin.port=9000"}, "must differ");
  refused({"http.max_in_flight=10"}, "http.max_in_flight_per_actor");
  refused({"actors.watchdog=5s"}, "actors.watchdog must be at least");
  refused({"ranking.max_stale=1s"}, "ranking.max_stale must be at least twice");
  refused({"sms.lease=9s"}, "sms.lease must be at least twice");
  refused({"articles.list_limit=200"}, "articles.max_list_limit");
  refused({"codes.resend_interval=20m"}, "codes.lifetime");
  const auto twice = load(
      {{},
       {{"TINYBOOK_CODES_TEST_NUMBERS", "+8613800000001=123456,+8613800000001=654321"}},
       {}});
  CHECK(holds(all_text(twice), "only one code"));
  CHECK(load_set({"http.port=0", "admin.port=0"}).ok());
}

TEST_CASE("a rule between keys holds only for the back end that is in use") {
  struct sample {
    std::vector<std::string> clash;
    std::string in_use;
    std::string not_in_use;
    std::string part;
  };
  const std::string postgres = "storage.database=postgres";
  const std::string sqlite = "storage.database=sqlite";
  for (const auto& [clash, in_use, not_in_use, part] : std::vector<sample>{
           {{"http.deadline=1s"}, sqlite, postgres, "storage.busy_timeout must be less"},
           {{"postgres.lock_timeout=10s"},
            postgres,
            sqlite,
            "postgres.lock_timeout must"},
           {{"postgres.reconnect_cap=50ms"},
            postgres,
            sqlite,
            "postgres.reconnect_base must"},
           {{"redis.reconnect_cap=50ms"},
            "codes.cache=redis",
            "codes.cache=local",
            "redis.reconnect_base must"}}) {
    const auto with = [](std::vector<std::string> assignments, const std::string& more) {
      assignments.insert(assignments.end(),
                         {more, "keys.file=/keys.json", "allow_insecure=true"});
      return load_set(std::move(assignments));
    };
    CHECK_MESSAGE(holds(all_text(with(clash, in_use)), part), part);
    const auto other = with(clash, not_in_use);
    CHECK_MESSAGE(other.ok(), all_text(other));
  }
}

TEST_CASE(
    "a retired key is read past with a warning that names its place and successor") {
  const auto in_file = load_text("[http]\nmax_workers = \"what it was\"\nport = 81\n");
  REQUIRE(in_file.ok());
  CHECK(in_file.values.http.port == 81);
  REQUIRE(in_file.values.warnings.size() == 1);
  CHECK(holds(in_file.values.warnings[0], ":2: http.max_workers: "));
  CHECK(holds(in_file.values.warnings[0], "http.max_in_flight bounds"));
  CHECK(load_set({"http.max_workers=1"}).values.warnings.size() == 1);
  const auto by_variable = load({{}, {{"TINYBOOK_HTTP_MAX_WORKERS", "1"}}, {}});
  CHECK(by_variable.ok());
  REQUIRE(by_variable.values.warnings.size() == 1);
  CHECK(by_variable.values.warnings[0].starts_with(
      "environment TINYBOOK_HTTP_MAX_WORKERS: http.max_workers: is used no longer"));
  for (const auto& one : retired_keys())
    CHECK_MESSAGE(find_key(one.name) == nullptr, one.name);
}

TEST_CASE("the variable of a retired key is none of the file or of --set") {
  CHECK_FALSE(load_text("TINYBOOK_HTTP_MAX_WORKERS = 1\n").ok());
  CHECK_FALSE(load_set({"TINYBOOK_HTTP_MAX_WORKERS=1"}).ok());
}

TEST_CASE("outside embedded mode the keys come from a file that all replicas share") {
  for (const auto* assignment :
       {"storage.database=postgres", "codes.cache=redis", "limits.backend=redis",
        "sessions.revocations=redis", "ranking.board=redis", "events.bus=kafka"}) {
    const auto loaded = load_set({assignment, "allow_insecure=true"});
    REQUIRE(loaded.errors.size() == 1);
    CHECK(holds(loaded.errors[0].message, "keys.file is required"));
    CHECK(load_set({assignment, "allow_insecure=true", "keys.file=/keys.json"}).ok());
  }
}

TEST_CASE("outside embedded mode what is insecure must be asked for") {
  const auto with = [](std::vector<std::string> more, variables environment = {}) {
    more.insert(more.end(), {"storage.database=postgres", "keys.file=/keys.json"});
    return load({{}, std::move(environment), more});
  };
  const auto console = with({});
  REQUIRE(console.errors.size() == 1);
  CHECK(holds(console.errors[0].message, "console provider"));
  const auto numbers =
      with({}, {{"TINYBOOK_CODES_TEST_NUMBERS", "+8613800000001=123456"}});
  REQUIRE(numbers.errors.size() == 2);
  CHECK(holds(numbers.errors[0].message, "test numbers"));
  CHECK(with({"allow_insecure=true"}).ok());
}

TEST_CASE("whatever the file holds, the loader only reports errors") {
  CHECK(rc::check("arbitrary bytes",
                  [](const std::string& bytes) { (void)load_text(bytes); }));
  CHECK(rc::check("a valid file with a part replaced", [](const std::string& bytes) {
    static const auto valid = print_documented_defaults();
    auto text = valid;
    const auto at = *rc::gen::inRange(std::size_t{0}, text.size());
    text.replace(at, *rc::gen::inRange(std::size_t{0}, std::size_t{40}), bytes);
    (void)load_text(text);
  }));
}

} // namespace tinybook::config::testing
