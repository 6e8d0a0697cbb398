#include "tests/blackbox/doctor_report.hpp"
#include "tests/blackbox/fixture.hpp"
#include "tests/support/file_content.hpp"
#include "tests/support/free_port.hpp"

#include <chrono>
#include <fstream>
#include <map>

namespace tinybook::test {

namespace {

using listing = std::map<std::string, std::string>;

listing files_in(const std::filesystem::path& folder) {
  listing out;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    out[entry.path().filename().string()] = content_of(entry.path());
  return out;
}

std::vector<std::string> names_of(const listing& files) {
  std::vector<std::string> out;
  for (const auto& [name, content] : files)
    out.push_back(name);
  return out;
}

doctor_report examine(const std::filesystem::path& folder,
                      std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"doctor", "--json"});
  server_process doctor{TINYBOOK_BINARY, folder, options};
  return doctor_report{doctor};
}

} // namespace

TEST_CASE("the doctor finds no error before the first start, and makes nothing") {
  const temporary_folder root;
  const auto folder = root.path() / "data";
  const auto report = examine(folder);
  CHECK(report.code != 1);
  CHECK(report.about("files.folder").starts_with("note: "));
  CHECK(report.about("keys.file").starts_with("note: "));
  CHECK(report.about("configuration.mode").starts_with("ok: embedded"));
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("the doctor sees a server that runs, and that it has stopped") {
  running_server server;
  auto c = server.person("patient");
  CHECK(c.send_code("13800138000").status == 200);
  const auto port = std::to_string(server.process->port());
  const auto before = names_of(files_in(server.folder.path()));
  auto report = examine(server.folder.path(), {"--set", "http.port=" + port});
  CHECK(report.code != 1);
  CHECK(report.about("files.lock").find(std::to_string(server.process->pid()))
        != std::string::npos);
  CHECK(report.about("ports.http") == "ok: 127.0.0.1:" + port + " is held by a tinybook");
  CHECK(report.about("files.database").starts_with("ok: schema "));
  CHECK(report.about("files.private").starts_with("ok: "));
  CHECK(report.about("keys.use").starts_with("ok: "));
  CHECK(names_of(files_in(server.folder.path())) == before);
  server.process->signal(15);
  REQUIRE(server.process->wait_exit() == 0);
  const auto stopped = files_in(server.folder.path());
  report = examine(server.folder.path());
  CHECK(report.about("files.lock").empty());
  CHECK(report.about("files.database").starts_with("ok: schema "));
  CHECK(report.about("keys.use").starts_with("ok: "));
  CHECK(files_in(server.folder.path()) == stopped);
}

TEST_CASE("the doctor finds open files, keys of other data, and lost ones") {
  running_server server;
  CHECK(server.browser().send_code("13800138000").status == 200);
  server.process->signal(15);
  REQUIRE(server.process->wait_exit() == 0);
  const auto folder = server.folder.path();
  using std::filesystem::perm_options;
  using std::filesystem::perms;
  std::filesystem::permissions(folder, perms::group_read, perm_options::add);
  CHECK(examine(folder).about("files.folder").starts_with("warning: "));
  std::filesystem::permissions(folder, perms::owner_all);
  std::filesystem::permissions(folder / "admin.token", perms::others_read,
                               perm_options::add);
  CHECK(examine(folder).about("files.private").starts_with("error: "));
  std::filesystem::remove(folder / "keys.json");
  CHECK(examine(folder).about("keys.file").starts_with("error: "));
  server_process made{
      TINYBOOK_BINARY, folder, {"--new-keys", (folder / "other.json").string()}};
  REQUIRE(made.wait_exit() == 0);
  std::filesystem::rename(folder / "other.json", folder / "keys.json");
  const auto report = examine(folder);
  CHECK(report.code == 1);
  CHECK_MESSAGE(report.about("keys.use").starts_with("error: "), report.json.dump(1));
}

TEST_CASE("the doctor says no worse and no better of the data folder than a start does") {
  running_server server;
  server.process->signal(15);
  REQUIRE(server.process->wait_exit() == 0);
  const auto folder = server.folder.path();
  namespace fs = std::filesystem;
  fs::permissions(folder, fs::perms{0770});
  auto report = examine(folder);
  CHECK(report.code == 4);
  CHECK(report.about("files.folder").starts_with("warning: "));
  server.process = std::make_unique<server_process>(TINYBOOK_BINARY, folder);
  CHECK(server.process->wait_ready());
  server.process->signal(15);
  REQUIRE(server.process->wait_exit() == 0);
  fs::permissions(folder, fs::perms::owner_all);

  const temporary_folder elsewhere;
  const auto refused_by_both = [&](const char* why) {
    report = examine(folder);
    CHECK(report.code == 1);
    CHECK_MESSAGE(says(report.about("files.fit"), why), report.json.dump(1));
    server_process start{TINYBOOK_BINARY, folder};
    CHECK(start.wait_exit() == 1);
    CHECK_MESSAGE(says(start.standard_error(), why), start.standard_error());
  };
  for (const auto* name : {"tinybook.lock", "tinybook.db", "keys.json", "admin.token"}) {
    fs::rename(folder / name, elsewhere.path() / name);
    fs::create_symlink(elsewhere.path() / name, folder / name);
    refused_by_both("is a symbolic link");
    CHECK(report.about("files.private").starts_with("error: "));
    fs::remove(folder / name);
    fs::rename(elsewhere.path() / name, folder / name);
  }
  std::ofstream{folder / "admin.token"} << "short";
  refused_by_both("admin.token: is damaged");
}

TEST_CASE("the doctor tells what cannot be reached, soon, and shows no secret") {
  const temporary_folder folder;
  const auto nobody = "127.0.0.1:" + std::to_string(free_port());
  const auto config = folder.path() / "test.toml";
  std::ofstream{config} << "allow_insecure = true\n"
                           "[storage]\ndatabase = \"postgres\"\n"
                           "[postgres]\nurl = \"postgresql://ann:url-secret-word@"
                        << nobody
                        << "/d\"\n"
                           "[redis]\nhost = \"127.0.0.1\"\nport = "
                        << free_port()
                        << "\npassword = \"redis-secret-word\"\n"
                           "[limits]\nbackend = \"redis\"\n"
                           "[events]\nbus = \"kafka\"\n"
                           "[kafka]\nbrokers = [\""
                        << nobody
                        << "\"]\n"
                           "[keys]\nfile = \"keys.json\"\n"
                           "[codes]\ntest_numbers = [\"+8613800000001=135791\"]\n"
                           "[[sms.providers]]\nname = \"hook\"\nkind = \"webhook\"\n"
                           "url = \"https://"
                        << nobody
                        << "/send?token=path-secret-word\"\n"
                           "secret = \"whsec_c2VjcmV0c2VjcmV0\"\n"
                           "receipt_secret = \"receipt-secret-word\"\n";
  const std::vector<std::string> from{"--config", config.string()};
  const auto since = std::chrono::steady_clock::now();
  const auto report = examine(folder.path(), from);
  CHECK(std::chrono::steady_clock::now() - since < std::chrono::seconds{15});
  CHECK(report.code == 1);
  for (const auto* what : {"postgres.connection", "redis.connection", "kafka.connection",
                           "providers.hook", "keys.file"})
    CHECK_MESSAGE(report.about(what).starts_with("error: "), what);
  auto words = from;
  words.emplace_back("doctor");
  server_process doctor{TINYBOOK_BINARY, folder.path(), words};
  CHECK(doctor.wait_exit() == 1);
  const auto text = doctor.standard_output();
  CHECK_MESSAGE(says(text, "postgres\n  error    connection"), text);
  CHECK_MESSAGE(says(text, "-> "), text);
  for (const auto& printed : {text, doctor.standard_error(), report.json.dump()})
    for (const auto* secret : {"secret-word", "c2VjcmV0", "135791"})
      CHECK_MESSAGE(!says(printed, secret), secret);
  CHECK(files_in(folder.path()).size() == 1);
}

TEST_CASE("the doctor does not begin with a wrong configuration") {
  const temporary_folder folder;
  server_process doctor{
      TINYBOOK_BINARY, folder.path(), {"doctor", "--set", "http.port=x"}};
  CHECK(doctor.wait_exit() == 2);
  CHECK(says(doctor.standard_error(), "http.port"));
}

} // namespace tinybook::test
