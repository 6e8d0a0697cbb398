#include "tests/blackbox/fixture.hpp"

#include <fstream>
#include <iterator>

namespace tinybook::test {

namespace {

struct outcome {
  int code = -1;
  std::string output;
  std::string errors;
};

/// A task about keys, run by the real binary.
outcome run_task(const temporary_folder& folder, const std::string& option,
                 const std::filesystem::path& file) {
  server_process p{TINYBOOK_BINARY, folder.path(), {option, file.string()}};
  const auto code = p.wait_exit();
  return {code.value_or(-1), p.standard_output(), p.standard_error()};
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
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
    server_process p{
        TINYBOOK_BINARY, folder.path(), {"--set", "keys.file=" + file.string()}};
    CHECK(p.wait_exit() == 1);
    CHECK_MESSAGE(says(p.standard_error(), file.string()), p.standard_error());
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
