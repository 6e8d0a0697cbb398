#include "tests/blackbox/fixture.hpp"

#include <fstream>

namespace tinybook::test {

namespace {

/// A task about keys, run by the real binary.
outcome run_task(const temporary_folder& folder, const std::string& option,
                 const std::filesystem::path& file) {
  return run_tinybook(folder.path(), {option, file.string()});
}

} // namespace

TEST_CASE("sessions outlive both steps of a rotation of the keys") {
  running_server server{running_server::later{}};
  const auto file = server.folder.path() / "shared.json";
  const auto made = run_task(server.folder, "--new-keys", file);
  CHECK(made.code == 0);
  CHECK_MESSAGE(says(made.output, "keys.file"), made.output);
  server.options.insert(server.options.end(), {"--set", "keys.file=" + file.string()});
  server.start();
  const auto person = server.person("rotating");
  for (const auto* step : {"--rotate-keys", "--promote-key"}) {
    const auto before = content_of(file);
    const auto done = run_task(server.folder, step, file);
    CHECK(done.code == 0);
    CHECK_MESSAGE(says(done.output, "restart one after the other"), done.output);
    CHECK(content_of(file) != before);
    server.process->signal(15);
    REQUIRE(server.process->wait_exit() == 0);
    server.start();
    auto again = server.browser();
    again.use_tokens(person.access(), person.refresh());
    CHECK_MESSAGE(again.get("/users/profile").status == 200, step);
  }
  CHECK_FALSE(std::filesystem::exists(server.folder.path() / "keys.json"));
}

TEST_CASE("a backup of a running server is private, and is served from") {
  running_server server;
  const auto person = server.person("backed-up");
  temporary_folder elsewhere;
  const auto copy = elsewhere.path() / "copy";
  const auto done = run_task(server.folder, "backup", copy);
  CHECK_MESSAGE(done.code == 0, done.errors);
  CHECK(says(done.output, copy.string()));
  using std::filesystem::perms;
  CHECK(std::filesystem::status(copy).permissions() == perms::owner_all);
  for (const auto* file : {"tinybook.db", "keys.json"})
    CHECK(std::filesystem::status(copy / file).permissions()
          == (perms::owner_read | perms::owner_write));
  CHECK(run_task(server.folder, "backup", copy).code == 1); // It overwrites nothing.
  server_process restored{TINYBOOK_BINARY, copy};
  REQUIRE_MESSAGE(restored.wait_ready(), restored.standard_error());
  client again{restored.port()};
  again.use_tokens(person.access(), person.refresh());
  CHECK(again.get("/users/profile").status == 200);
}

TEST_CASE("a backup without the keys of the data is an error") {
  running_server server;
  std::filesystem::remove(server.folder.path() / "keys.json");
  temporary_folder elsewhere;
  const auto done = run_task(server.folder, "backup", elsewhere.path() / "copy");
  CHECK(done.code == 1);
  CHECK_MESSAGE(says(done.errors, "keys.json is missing though tinybook.db is there"),
                done.errors);
  CHECK_FALSE(std::filesystem::exists(elsewhere.path() / "copy"));
  const auto made = run_task(elsewhere, "--new-keys", server.folder.path() / "keys.json");
  CHECK(made.code == 1);
  CHECK_MESSAGE(says(made.errors, "--new-keys-for-old-data"), made.errors);
}

TEST_CASE("a task without a path is a mistake of the command line") {
  const temporary_folder folder;
  for (const auto& [task, names] :
       {std::pair{"backup", "FOLDER"}, std::pair{"--new-keys", "--new-keys"},
        std::pair{"--rotate-keys", "--rotate-keys"},
        std::pair{"--promote-key", "--promote-key"}}) {
    const auto done = run_task(folder, task, "");
    CHECK_MESSAGE(done.code == 2, task);
    CHECK_MESSAGE(says(done.errors, std::string{names} + ": a path is needed"),
                  done.errors);
  }
}

TEST_CASE("a backup of nothing is an error") {
  temporary_folder empty;
  const auto done = run_task(empty, "backup", empty.path() / "copy");
  CHECK(done.code == 1);
  CHECK(says(done.errors, "tinybook.db is not there"));
  CHECK_FALSE(std::filesystem::exists(empty.path() / "copy"));
}

TEST_CASE("new keys refuse to take the place of a file, and a step out of turn fails") {
  temporary_folder folder;
  const auto file = folder.path() / "shared.json";
  REQUIRE(run_task(folder, "--new-keys", file).code == 0);
  const auto before = content_of(file);
  for (const auto* wrong : {"--new-keys", "--promote-key"}) {
    const auto refused = run_task(folder, wrong, file);
    CHECK(refused.code == 1);
    CHECK_MESSAGE(says(refused.errors, "shared.json"), refused.errors);
    CHECK(content_of(file) == before);
  }
}

TEST_CASE("a start names what is wrong with keys.file") {
  temporary_folder folder;
  const auto file = folder.path() / "shared.json";
  const auto refusal = [&] {
    // The typed path may be relative; the path in the message must be absolute.
    const auto typed = std::filesystem::relative(file);
    server_process p{
        TINYBOOK_BINARY, folder.path(), {"--set", "keys.file=" + typed.string()}};
    CHECK(p.wait_exit() == 1);
    CHECK_MESSAGE(says(p.standard_error(), file.string()), p.standard_error());
    CHECK_FALSE(says(p.standard_error(), typed.string()));
    return p.standard_error();
  };
  CHECK(says(refusal(), "--new-keys"));
  REQUIRE(run_task(folder, "--new-keys", file).code == 0);
  std::filesystem::permissions(file, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  CHECK(says(refusal(), "chmod 600"));
  std::filesystem::permissions(file, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::remove);
  std::ofstream{file} << "{}";
  CHECK(says(refusal(), "damaged"));
}

} // namespace tinybook::test
