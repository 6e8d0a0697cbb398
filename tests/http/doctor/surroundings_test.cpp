#include "config/loader.hpp"
#include "http/commands/doctor/configuration.hpp"
#include "http/commands/doctor/folder.hpp"
#include "http/commands/doctor/keys.hpp"
#include "http/commands/doctor/machine.hpp"
#include "http/commands/doctor/ports.hpp"
#include "http/server/listener.hpp"
#include "tests/http/doctor/found.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/temporary_folder.hpp"

#include <httplib.h>

#include <fstream>
#include <thread>

namespace tinybook::test {

namespace {

using namespace http::doctor;

folder_facts good_folder() {
  folder_facts f;
  f.path = "/srv/data";
  f.self = file_facts{.path = f.path, .mode = 0700, .owner = 7};
  f.folder = true;
  f.writable = true;
  f.looks = 7;
  f.files = {{.path = "/srv/data/tinybook.db", .mode = 0600, .owner = 7},
             {.path = "/srv/data/keys.json", .mode = 0600, .owner = 7, .needed = true}};
  f.free_bytes = 100ULL << 30U;
  f.total_bytes = 400ULL << 30U;
  f.free_inodes = 1000;
  f.total_inodes = 2000;
  return f;
}

machine_facts good_machine() {
  machine_facts m;
  m.max_files = 1 << 20;
  m.memory_bytes = 256ULL << 30U;
  m.processors = 4;
  m.backlog = 4096;
  m.clock_synced = true;
  return m;
}

config::sms_provider provider_of(config::provider_kind kind) {
  auto p = config::defaults().sms.providers.front();
  p.name = "first";
  p.kind = kind;
  return p;
}

} // namespace

TEST_CASE("the doctor finds nothing wrong with a private folder on a good disk") {
  CHECK(all_fine(judge_folder(good_folder(), true)));
}

TEST_CASE("the doctor finds what is wrong with the data folder") {
  struct one_change {
    const char* what;
    level how;
    void (*change)(folder_facts&);
  };
  for (const auto& one : std::initializer_list<one_change>{
           {"files.folder", level::warning,
            [](auto& f) {
              f.self->mode = 0750;
            }},
           {"files.folder", level::warning,
            [](auto& f) {
              f.self->mode = 0770;
            }},
           {"files.folder", level::error,
            [](auto& f) {
              f.self->mode = 0702;
            }},
           {"files.folder", level::error,
            [](auto& f) {
              f.writable = false;
            }},
           // Of root, to be served by another user.
           {"files.folder", level::error,
            [](auto& f) {
              f.self->owner = 0;
              f.self->mode = 0755;
              f.writable = false;
            }},
           {"files.folder", level::error,
            [](auto& f) {
              f.folder = false;
            }},
           {"files.folder", level::error,
            [](auto& f) {
              f.self->dangling = true;
            }},
           {"files.folder", level::note,
            [](auto& f) {
              f.looks = 8;
            }},
           {"files.folder", level::error,
            [](auto& f) {
              f.looks = 8;
              f.closed = true;
            }},
           {"files.fit", level::error,
            [](auto& f) {
              f.unfit = "holds a restore that was interrupted";
            }},
           // A volume as Kubernetes mounts it, with secrets of the group.
           {"files.folder", level::note,
            [](auto& f) {
              f.self->owner = 0;
              f.self->mode = 02770;
            }},
           {"files.private", level::ok,
            [](auto& f) {
              f.self->owner = 0;
              f.files[1].owner = 0;
              f.files[1].mode = 0440;
            }},
           {"files.folder", level::ok,
            [](auto& f) {
              f.looks = 0;
            }},
           {"files.folder", level::note,
            [](auto& f) {
              f.self.reset();
            }},
           {"files.folder", level::error,
            [](auto& f) {
              f.self.reset();
              f.writable = false;
            }},
           {"files.private", level::warning,
            [](auto& f) {
              f.files[0].mode = 0640;
            }},
           {"files.private", level::error,
            [](auto& f) {
              f.files[1].mode = 0604;
            }},
           {"files.private", level::warning,
            [](auto& f) {
              f.files[0].owner = 8;
            }},
           {"files.private", level::note,
            [](auto& f) {
              f.files[0].link = true;
            }},
           {"files.private", level::error,
            [](auto& f) {
              f.files[0].link = true;
              f.files[0].ours = true;
            }},
           {"files.private", level::error,
            [](auto& f) {
              f.files[0].dangling = true;
            }},
           {"files.disk", level::warning,
            [](auto& f) {
              f.free_bytes = 1 << 29;
            }},
           {"files.disk", level::warning,
            [](auto& f) {
              f.free_bytes = f.total_bytes / 25;
            }},
           {"files.disk", level::note,
            [](auto& f) {
              f.total_bytes = 0;
            }},
           {"files.inodes", level::warning,
            [](auto& f) {
              f.free_inodes = 50;
            }},
           {"files.system", level::error,
            [](auto& f) {
              f.network = "NFS";
            }},
           {"files.system", level::warning,
            [](auto& f) {
              f.in_memory = true;
            }},
           {"files.lock", level::ok,
            [](auto& f) {
              f.holder = "process 17";
            }},
       }) {
    auto f = good_folder();
    one.change(f);
    CHECK_MESSAGE(level_of(judge_folder(f, true), one.what) == one.how, one.what);
  }
}

TEST_CASE("a network's file system matters for SQLite alone, no bound of inodes never") {
  auto f = good_folder();
  f.network = "NFS";
  f.total_inodes = 0;
  f.free_inodes = 0;
  CHECK(all_fine(judge_folder(f, false)));
}

TEST_CASE("the doctor sees modes, links and space of a real folder, and makes none") {
  const temporary_folder root;
  auto s = config::defaults();
  s.storage.path = (root.path() / "deep" / "data").string();
  auto facts = look_at_folder(s);
  CHECK_FALSE(facts.self.has_value());
  CHECK(facts.writable);
  CHECK(facts.free_bytes > 0);
  CHECK_FALSE(std::filesystem::exists(root.path() / "deep"));
  std::filesystem::create_directories(s.storage.path);
  using std::filesystem::perms;
  std::filesystem::permissions(s.storage.path,
                               perms::owner_all | perms::group_read | perms::group_exec);
  const auto file = std::filesystem::path{s.storage.path} / "admin.token";
  std::ofstream{file} << "x";
  std::filesystem::permissions(file, perms::owner_read | perms::owner_write
                                         | perms::group_read);
  std::filesystem::create_symlink(root.path() / "nothing",
                                  std::filesystem::path{s.storage.path} / "keys.json");
  facts = look_at_folder(s);
  REQUIRE(facts.self.has_value());
  CHECK(facts.self->mode == 0750);
  CHECK(facts.holder.empty());
  REQUIRE(facts.files.size() == 2);
  CHECK(facts.files[0].path.filename() == "keys.json");
  CHECK(facts.files[0].dangling);
  CHECK(facts.files[0].ours);
  CHECK(facts.unfit.find("keys.json is a symbolic link") != std::string::npos);
  CHECK(facts.files[1].mode == 0640);
}

TEST_CASE("the doctor finds keys that messages were made with and the file lacks") {
  key_facts k{.file = "/k.json", .ids = {"b", "a"}};
  const auto use = [&] {
    return level_of(judge_keys(k), "keys.use");
  };
  CHECK_FALSE(tells_of(judge_keys(k), "keys.use"));
  k.used.emplace();
  CHECK(use() == level::ok);
  k.used = storage::key_use{.waiting = {"a"}, .newest = "b"};
  CHECK(use() == level::ok);
  k.used->newest = "c";
  CHECK(use() == level::error);
  k.used->newest = "b";
  k.used->waiting = {"a", "c"};
  CHECK(use() == level::error);
  k.ids.clear();
  CHECK(level_of(judge_keys(k), "keys.file") == level::note);
  k.trouble = "is damaged";
  CHECK(level_of(judge_keys(k), "keys.file") == level::error);
}

TEST_CASE("the doctor finds what is wrong with the limits of a process") {
  const auto s = config::defaults();
  CHECK(all_fine(judge_machine(good_machine(), s)));
  struct one_change {
    const char* what;
    level how;
    void (*change)(machine_facts&);
  };
  for (const auto& one : std::initializer_list<one_change>{
           {"limits.files", level::warning,
            [](auto& m) {
              m.max_files = 1024;
            }},
           {"limits.memory", level::error,
            [](auto& m) {
              m.memory_bytes = 32 << 20;
            }},
           {"limits.processors", level::warning,
            [](auto& m) {
              m.cpu_quota = 0.1;
            }},
           {"limits.tasks", level::warning,
            [](auto& m) {
              m.max_tasks = 20;
            }},
           {"limits.backlog", level::note,
            [](auto& m) {
              m.backlog = 128;
            }},
           {"clock.sync", level::note,
            [](auto& m) {
              m.clock_synced = false;
            }},
       }) {
    auto m = good_machine();
    one.change(m);
    CHECK_MESSAGE(level_of(judge_machine(m, s), one.what) == one.how, one.what);
  }
  auto m = good_machine();
  m.memory_bytes =
      (s.http.max_buffered_bytes + config::defaults().passwords.argon2_memory_bytes * 64)
      * 3 / 2;
  auto many = s;
  many.passwords.threads = 64;
  CHECK(level_of(judge_machine(m, many), "limits.memory") == level::warning);
}

TEST_CASE("an unkept clock matters where it signs what providers are sent") {
  auto s = config::defaults();
  auto m = good_machine();
  m.clock_synced = false;
  s.sms.providers = {provider_of(config::provider_kind::tencent)};
  CHECK(level_of(judge_machine(m, s), "clock.sync") == level::warning);
  s.storage.database = config::database_kind::postgres;
  CHECK(level_of(judge_machine(m, s), "clock.sync") == level::note);
}

TEST_CASE("the doctor reads this machine's limits") {
  const auto m = look_at_machine();
  CHECK(m.max_files > 0);
  CHECK(m.memory_bytes > 64 << 20);
  CHECK(m.processors > 0);
}

TEST_CASE("the doctor tells a free port, one of a tinybook and one of another program") {
  const auto look = [](std::uint16_t port) {
    return look_at_port("http", "127.0.0.1", port);
  };
  const auto free = look(free_port());
  CHECK_FALSE(free.held);
  CHECK(level_of(judge_port(free), "ports.http") == level::ok);
  CHECK(level_of(judge_port(look(0)), "ports.http") == level::ok);
  for (const auto& [body, how] : {std::pair{R"({"data":{"status":"alive"}})", level::ok},
                                  std::pair{"hello", level::error}}) {
    httplib::Server server;
    server.Get("/healthz", [text = std::string{body}](const auto&, auto& answer) {
      answer.set_content(text, "application/json");
    });
    const auto port = server.bind_to_any_port("127.0.0.1");
    std::thread serving{[&] {
      server.listen_after_bind();
    }};
    while (!server.is_running())
      std::this_thread::yield();
    const auto facts = look(static_cast<std::uint16_t>(port));
    server.stop();
    serving.join();
    CHECK(facts.held);
    CHECK(level_of(judge_port(facts), "ports.http") == how);
  }
  const auto elsewhere = look_at_port("admin", "192.0.2.1", 8082);
  CHECK(level_of(judge_port(elsewhere), "ports.admin") == level::error);
  CHECK(
      level_of(judge_port({.key = "http", .address = "::", .port = 80, .reserved = true}),
               "ports.http")
      == level::warning);
}

TEST_CASE("the doctor tells what embedded settings are for, and nothing worse") {
  const auto all = judge_configuration(config::defaults());
  CHECK(level_of(all, "configuration.mode") == level::ok);
  CHECK(level_of(all, "configuration.console") == level::note);
  CHECK_FALSE(tells_of(all, "configuration.routes"));
}

TEST_CASE("the doctor finds what settings lack in production") {
  using config::backend_kind;
  using config::provider_kind;
  auto s = config::defaults();
  s.warnings = {"http.max_workers is used no longer"};
  s.limits.backend = backend_kind::redis;
  s.allow_insecure = true;
  s.codes.test_numbers = {"+8613800000001=123456"};
  auto all = judge_configuration(s);
  CHECK(level_of(all, "configuration.keys") == level::warning);
  CHECK(level_of(all, "configuration.mode") == level::note);
  CHECK(level_of(all, "configuration.allow_insecure") == level::note);
  CHECK(level_of(all, "configuration.console") == level::warning);
  CHECK(level_of(all, "configuration.test_numbers") == level::warning);
  s.storage.database = config::database_kind::postgres;
  s.codes.cache = s.sessions.revocations = s.ranking.board = backend_kind::redis;
  s.events.bus = config::bus_kind::kafka;
  all = judge_configuration(s);
  CHECK(level_of(all, "configuration.mode") == level::ok);
  CHECK(level_of(all, "configuration.drain_delay") == level::note);
}

TEST_CASE("the doctor finds a home region without a provider, and missing reports") {
  using config::provider_kind;
  auto s = config::defaults();
  s.codes.default_region = "CN";
  auto& p = s.sms.providers.front();
  const auto warns = [&](std::vector<std::string> routes) {
    p.routes = std::move(routes);
    return tells_of(judge_configuration(s), "configuration.routes");
  };
  CHECK_FALSE(warns({}));
  CHECK_FALSE(warns({"+1", "+86"}));
  CHECK_FALSE(warns({"+8613"}));
  CHECK(warns({"+1", "+852"}));
  s.codes.default_region = "US";
  p = provider_of(provider_kind::aliyun);
  CHECK(warns({}));
  CHECK(level_of(judge_configuration(s), "configuration.receipts") == level::note);
  p.receipt_secret = "long-random-word";
  CHECK_FALSE(tells_of(judge_configuration(s), "configuration.receipts"));
  p = provider_of(provider_kind::twilio);
  CHECK(level_of(judge_configuration(s), "configuration.receipts") == level::note);
  s.sms.public_url = "https://tinybook.example.org";
  CHECK_FALSE(tells_of(judge_configuration(s), "configuration.receipts"));
}

} // namespace tinybook::test
