#include "config/command_line.hpp"
#include "tests/config/support.hpp"

#include <doctest/doctest.h>

namespace tinybook::config::testing {

namespace {

auto run(std::vector<const char*> arguments, std::vector<const char*> environment = {}) {
  arguments.insert(arguments.begin(), "tinybook");
  environment.push_back(nullptr);
  return configure(static_cast<int>(arguments.size()), arguments.data(),
                   environment.data());
}

exit_request ended(std::vector<const char*> arguments) {
  auto result = run(std::move(arguments));
  auto* end = std::get_if<exit_request>(&result);
  REQUIRE(end != nullptr);
  return *end;
}

} // namespace

TEST_CASE("without options it serves with the defaults") {
  const auto result = run({});
  REQUIRE(std::holds_alternative<settings>(result));
  CHECK(std::get<settings>(result).http.port == 8081);
}

TEST_CASE("file, environment and options come together") {
  const temporary_file file{"[http]\nport = 1\nmax_headers = 11\nmax_json_depth = 11\n"};
  const auto path = file.path().string();
  const auto result = run(
      {"--config", path.c_str(), "--set", "http.max_json_depth=13", "--set=http.port=14"},
      {"TINYBOOK_HTTP_MAX_HEADERS=12", "TINYBOOK_HTTP_PORT=12", "odd"});
  REQUIRE(std::holds_alternative<settings>(result));
  const auto& http = std::get<settings>(result).http;
  CHECK(http.port == 14);
  CHECK(http.max_headers == 12);
  CHECK(http.max_json_depth == 13);
}

TEST_CASE("--check-config says that a good configuration is good") {
  const auto result = run({"--check-config", "--set", "http.port=9"});
  REQUIRE(std::holds_alternative<check_task>(result));
  CHECK(std::get<check_task>(result).of.http.port == 9);
}

TEST_CASE("wrong configuration ends with 2 and every error on standard error") {
  for (const auto* action :
       {"--check-config", "--print-config", "--set=log.format=json"}) {
    const auto end = ended({action, "--set", "http.port=x", "--set", "http.prot=1"});
    CHECK(end.code == exit_code::bad_usage);
    CHECK(end.output.empty());
    CHECK(holds(end.errors, "http.port: \"x\" is not allowed"));
    CHECK(holds(end.errors, "http.prot: unknown key"));
    CHECK(holds(end.errors, "2 errors in the configuration"));
  }
}

TEST_CASE("--set without a value ends with 2, for a retired key as for any other") {
  for (const std::string name : {"http.port", "http.max_workers"}) {
    const auto end = ended({"--set", name.c_str()});
    CHECK(end.code == exit_code::bad_usage);
    CHECK(end.errors
          == "--set: " + name + ": has no value; write --set " + name
                 + "=VALUE\n1 error in the configuration\n");
  }
}

TEST_CASE("--print-config prints what is in effect") {
  const auto end = ended({"--print-config", "--set", "http.port=9"});
  CHECK(end.code == exit_code::ok);
  CHECK(holds(end.output, "\n[http]\naddress = \"127.0.0.1\"\nport = 9\n"));
}

TEST_CASE("--print-default-config prints the documented file") {
  CHECK(ended({"--print-default-config"}).output == print_documented_defaults());
}

TEST_CASE("--version and --help end with 0 on standard output") {
  CHECK(holds(ended({"--version"}).output, "tinybook 0."));
  const auto help = ended({"--help"});
  CHECK(help.code == exit_code::ok);
  CHECK(help.errors.empty());
  for (const auto* part :
       {"--config", "--set", "--check-config", "--print-config", "--print-default-config",
        "--version", "--new-keys", "--rotate-keys", "--promote-key", "TINYBOOK_HTTP_PORT",
        "8081", "8082", "SIGTERM", "admin.token", "Exit codes", "  2  the command line"})
    CHECK_MESSAGE(holds(help.output, part), part);
}

TEST_CASE("wrong usage ends with 2 and says what was not understood") {
  CHECK(ended({"--bogus"}).code == exit_code::bad_usage);
  CHECK(holds(ended({"--bogus"}).errors, "--bogus"));
  CHECK(ended({"stray"}).code == exit_code::bad_usage);
  CHECK(ended({"--config"}).code == exit_code::bad_usage);
  CHECK(ended({"--set"}).code == exit_code::bad_usage);
}

TEST_CASE("a task about keys comes with its file, and no configuration is read") {
  using action = key_task::action;
  for (const auto& [option, what] :
       {std::pair{"--new-keys", action::create}, std::pair{"--rotate-keys", action::add},
        std::pair{"--promote-key", action::promote}}) {
    const auto result = run({option, "some/keys.json"}, {"TINYBOOK_HTTP_PORT=wrong"});
    const auto* task = std::get_if<key_task>(&result);
    REQUIRE(task != nullptr);
    CHECK(task->what == what);
    CHECK(task->file == "some/keys.json");
  }
}

TEST_CASE("of the options and commands that end the program one is given at a time") {
  for (const auto* other :
       {"--check-config", "--print-config", "--print-default-config"}) {
    const auto end = ended({"backup", "there", other});
    CHECK(end.code == exit_code::bad_usage);
    CHECK_MESSAGE(holds(end.errors, other), end.errors);
  }
  CHECK(ended({"--new-keys", "a", "backup", "there"}).code == exit_code::bad_usage);
  CHECK(ended({"--probe", "http://a/", "doctor"}).code == exit_code::bad_usage);
  CHECK(ended({"--check-config", "--print-config"}).code == exit_code::bad_usage);
  CHECK(ended({"doctor", "backup", "there"}).code == exit_code::bad_usage);
}

TEST_CASE("a command comes with the configuration, wherever its options stand") {
  for (const auto& words :
       {std::vector{"--set", "http.port=7", "restore", "there", "--outbox", "resume"},
        std::vector{"restore", "--outbox=resume", "there", "--set=http.port=7"}}) {
    const auto result = run(words);
    const auto* task = std::get_if<restore_task>(&result);
    REQUIRE(task != nullptr);
    CHECK(task->from == "there");
    CHECK(task->to.http.port == 7);
    CHECK(task->waiting == waiting_sms::resume);
  }
  const auto settled = run({"restore"});
  REQUIRE(std::holds_alternative<restore_task>(settled));
  CHECK(std::get<restore_task>(settled).from.empty());
  CHECK(std::get<restore_task>(settled).waiting == waiting_sms::expire);
  const auto copied = run({"backup", "there"});
  REQUIRE(std::holds_alternative<backup_task>(copied));
  CHECK(std::get<backup_task>(copied).to == "there");
  const auto moved = run({"migrate", "--to", "postgresql://h/d"});
  REQUIRE(std::holds_alternative<migrate_task>(moved));
  CHECK(std::get<migrate_task>(moved).to == "postgresql://h/d");
  const auto looked = run({"doctor", "--json"});
  REQUIRE(std::holds_alternative<doctor_task>(looked));
  CHECK(std::get<doctor_task>(looked).json);
  CHECK(ended({"doctor", "--set", "http.port=x"}).code == exit_code::bad_usage);
}

TEST_CASE("a command that lacks something, or has something wrong, ends with 2") {
  for (const auto& [words, part] :
       {std::pair{std::vector{"backup"}, "FOLDER"},
        std::pair{std::vector{"backup", ""}, "a path is needed"},
        std::pair{std::vector{"migrate"}, "--to"},
        std::pair{std::vector{"restore", "there", "--outbox", "drop"}, "drop"},
        std::pair{std::vector{"backup", "there", "else"}, "else"}}) {
    const auto end = ended(words);
    CHECK(end.code == exit_code::bad_usage);
    CHECK_MESSAGE(holds(end.errors, part), end.errors);
  }
}

TEST_CASE("an address with a password is refused, and shows it to nobody") {
  for (const auto& [words, instead] :
       {std::pair{std::vector{"migrate", "--to", "postgresql://ann:very-secret@h/d"},
                  "TINYBOOK_POSTGRES_PASSWORD"},
        std::pair{std::vector{"migrate", "--to", "postgresql://h/d?password=very-secret"},
                  "postgres.password_file"},
        std::pair{std::vector{"migrate", "--to", "host=h sslpassword=very-secret"},
                  "postgres.password_file"},
        std::pair{
            std::vector{"migrate", "--to", "postgresql://h/d?p%61ssword=very-secret"},
            "postgres.password_file"},
        std::pair{std::vector{"--probe", "http://ann:very-secret@a/readyz"}, "without"},
        std::pair{std::vector{"--probe", "http://ann:very-secret@a?x/y"}, "without"},
        std::pair{std::vector{"--probe", "ann:very-secret@a/readyz"}, "without"}}) {
    const auto end = ended(words);
    CHECK(end.code == exit_code::bad_usage);
    CHECK_MESSAGE(holds(end.errors, "the list of processes"), end.errors);
    CHECK_MESSAGE(holds(end.errors, instead), end.errors);
    CHECK_FALSE_MESSAGE(holds(end.errors, "very-secret"), end.errors);
  }
  for (const auto* plain : {"postgresql://ann@h:5432/d", "postgresql://ann@h/password_db",
                            "host=h user=ann", ""})
    CHECK(std::holds_alternative<migrate_task>(run({"migrate", "--to", plain})));
  for (const auto* plain : {"http://a/@ann", "http://a?to=ann@b", "http://a#@"})
    CHECK(std::holds_alternative<probe_task>(run({"--probe", plain})));
}

TEST_CASE("every command has a help of its own") {
  for (const auto* name : {"backup", "restore", "migrate", "doctor"}) {
    CHECK(holds(ended({"--help"}).output, name));
    const auto own = ended({name, "--help"});
    CHECK(own.code == exit_code::ok);
    CHECK_MESSAGE(holds(own.output, name), own.output);
  }
}

TEST_CASE("a probe comes with its address, and no configuration is read") {
  const auto result = run({"--probe", "http://a/readyz"}, {"TINYBOOK_HTTP_PORT=wrong"});
  const auto* task = std::get_if<probe_task>(&result);
  REQUIRE(task != nullptr);
  CHECK(task->url == "http://a/readyz");
}

TEST_CASE("the key to drop is looked for where the configuration says") {
  const auto own = run({"--drop-key", "k1", "--set", "storage.path=/srv/data"});
  REQUIRE(std::holds_alternative<key_task>(own));
  CHECK(std::get<key_task>(own).what == key_task::action::drop);
  CHECK(std::get<key_task>(own).id == "k1");
  CHECK(std::get<key_task>(own).file == "/srv/data/keys.json");
  const auto shared = run({"--drop-key", "k1", "--set", "keys.file=/etc/keys"});
  CHECK(std::get<key_task>(shared).file == "/etc/keys");
  CHECK(ended({"--drop-key", ""}).code == exit_code::bad_usage);
}

TEST_CASE("a token is made for an operator by name, other than that of the first start") {
  const auto result = run({"--new-admin-token", "ann"}, {"TINYBOOK_HTTP_PORT=wrong"});
  const auto* task = std::get_if<admin_token_task>(&result);
  REQUIRE(task != nullptr);
  CHECK(task->name == "ann");
  for (const auto* wrong : {"", "admin", "Ann B.", "a/b"})
    CHECK(ended({"--new-admin-token", wrong}).code == exit_code::bad_usage);
}

TEST_CASE("one task about keys at a time, and never without a file") {
  CHECK(ended({"--new-keys"}).code == exit_code::bad_usage);
  CHECK(ended({"--new-keys", "a", "--rotate-keys", "a"}).code == exit_code::bad_usage);
  CHECK(ended({"--rotate-keys", "a", "--promote-key", "a"}).code == exit_code::bad_usage);
}

} // namespace tinybook::config::testing
