#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/outbox_rows.hpp"
#include "tests/blackbox/simulated_providers.hpp"
#include "tests/support/file_mode.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>
#include <unistd.h>

namespace tinybook::test {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

/// What the server has answered with success.
struct answered {
  std::vector<std::string> accounts;
  std::vector<std::int64_t> articles;
  std::vector<std::int64_t> liked;
  std::vector<std::string> phones;
};

/// A server with a simulated provider, its backup, and servers over what is restored.
struct backed_up_server : running_server {
  provider_simulator provider{{.kind = dialect_kind::webhook}};
  temporary_folder elsewhere;
  fs::path backup = elsewhere.path() / "backup";
  fs::path restored = elsewhere.path() / "restored";

  backed_up_server() : running_server(later{}) {
    options.insert(
        options.end(),
        {"--config", write_config(elsewhere.path(), provider_table(provider, "hook"))});
    start();
  }

  void stop() const {
    process->signal(SIGTERM);
    REQUIRE(process->wait_exit() == 0);
  }

  void back_up() const {
    const auto done = run_tinybook(folder.path(), {"backup", backup.string()});
    REQUIRE_MESSAGE(done.code == 0, done.errors);
  }

  [[nodiscard]] outcome restore(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"restore", backup.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_tinybook(restored, words);
  }

  /// The server over the restored folder takes the place of this one.
  void serve_restored() {
    process = std::make_unique<server_process>(TINYBOOK_BINARY, restored, options);
    REQUIRE_MESSAGE(process->wait_ready(), process->standard_error());
  }

  [[nodiscard]] bool arrives(const std::string& phone) const {
    return provider.wait_for([&](const auto& seen) { return accepted_for(seen, phone); },
                             seconds{20});
  }
  [[nodiscard]] std::string arrived_code(const std::string& phone) const {
    REQUIRE(arrives(phone));
    return code_for_phone(provider.seen(), phone);
  }
};

/// People who sign up, publish, like and ask for codes until they are stopped.
class busy_people {
 public:
  explicit busy_people(const running_server& server) {
    for (int i = 0; i < 3; ++i)
      people_.push_back(server.person("busy" + std::to_string(i)));
    for (auto& one : people_)
      threads_.emplace_back([this, &one] { live(one); });
  }
  ~busy_people() { stop(); }
  busy_people(const busy_people&) = delete;
  busy_people& operator=(const busy_people&) = delete;

  void stop() {
    stopping_ = true;
    for (auto& thread : threads_)
      if (thread.joinable())
        thread.join();
  }

  void wait_for_more(int steps) const {
    const int from = steps_;
    while (steps_ < from + steps)
      std::this_thread::yield();
  }

  [[nodiscard]] answered so_far() {
    const std::lock_guard lock{mutex_};
    return answered_;
  }

 private:
  void live(client& c) {
    while (!stopping_) {
      const auto n = std::to_string(++steps_);
      const auto email = "new" + n + "@example.org";
      if (c.sign_up(email, "correct horse").status == 200)
        note([&](answered& a) { a.accounts.push_back(email); });
      const auto published =
          c.post("/articles/publish", {{"title", "T" + n}, {"content", "words"}});
      if (published.status != 200)
        continue;
      const auto id = published.data().get<std::int64_t>();
      note([&](answered& a) { a.articles.push_back(id); });
      if (c.post("/articles/like", {{"id", id}, {"like", true}}).status == 200)
        note([&](answered& a) { a.liked.push_back(id); });
      const auto phone = "+8613900" + std::string(6 - n.size(), '0') + n;
      if (c.send_code(phone).status == 200)
        note([&](answered& a) { a.phones.push_back(phone); });
    }
  }

  template <class Note>
  void note(Note note) {
    const std::lock_guard lock{mutex_};
    note(answered_);
  }

  std::atomic<bool> stopping_{false};
  std::atomic<int> steps_{0};
  std::mutex mutex_;
  answered answered_;
  std::vector<client> people_;
  std::vector<std::thread> threads_;
};

std::size_t sends_of(const provider_simulator& provider) {
  return provider.accepted().size();
}

} // namespace

TEST_CASE_FIXTURE(backed_up_server,
                  "a backup under load holds all that was answered before it began") {
  busy_people people{*this};
  people.wait_for_more(30);
  const auto before = people.so_far();
  back_up();
  people.wait_for_more(10);
  people.stop();
  stop();
  const auto sent = sends_of(provider);

  const auto done = restore();
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  std::set<std::string> stored;
  for (const auto& row : outbox_rows(restored)) {
    CHECK_FALSE(row.pending());
    stored.insert(row.phone);
  }
  for (const auto& phone : before.phones)
    CHECK_MESSAGE(stored.contains(phone), phone);

  serve_restored();
  for (const auto& email : before.accounts)
    CHECK_MESSAGE(browser().log_in(email, "correct horse").status == 200, email);
  auto reader = browser();
  REQUIRE(reader.log_in("busy0@example.org", "correct horse").status == 200);
  std::map<std::int64_t, std::int64_t> likes;
  for (const auto id : before.articles) {
    const auto read = reader.get("/articles/pub/" + std::to_string(id));
    REQUIRE_MESSAGE(read.status == 200, id);
    likes[id] = read.data()["likeCnt"].get<std::int64_t>();
  }
  for (const auto id : before.liked)
    CHECK_MESSAGE(likes[id] == 1, id);
  // Older messages would go before this one.
  REQUIRE(browser().send_code("+8613811112222").status == 200);
  CHECK(arrives("+8613811112222"));
  CHECK(sends_of(provider) == sent + 1);
}

TEST_CASE_FIXTURE(backed_up_server,
                  "what was done after a backup is not done again once it is restored") {
  const std::string used = "+8613800138000";
  const std::string waiting = "+8613800138001";
  auto here = browser();
  REQUIRE(here.send_code(used).status == 200);
  const auto code = arrived_code(used);
  provider.behave("0s fail");
  REQUIRE(browser().send_code(waiting).status == 200);
  back_up();
  CHECK(here.log_in_by_code(used, code).status == 200);
  provider.behave("0s ok");
  CHECK(arrives(waiting));
  const auto later = person("later");
  stop();
  const auto sent = sends_of(provider);

  const auto done = restore();
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  CHECK_MESSAGE(says(done.output, "1 SMS that waited is expired"), done.output);
  serve_restored();
  CHECK(here.log_in_by_code(used, code).status != 200);
  auto again = browser();
  again.use_tokens(here.access(), here.refresh());
  CHECK(again.log_in_by_code(used, code).error() == "wrong_code");
  // Whoever signs up now is not the one whom a token of the later life names.
  const auto newcomer = person("newcomer");
  auto stale = browser();
  stale.use_tokens(later.access(), later.refresh());
  CHECK(stale.get("/users/profile").status != 200);
  REQUIRE(browser().send_code("+8613811112222").status == 200);
  CHECK(arrives("+8613811112222"));
  CHECK(sends_of(provider) == sent + 1);
}

TEST_CASE_FIXTURE(backed_up_server,
                  "where nothing ran since, SMS that waited are sent after a restore") {
  const std::string phone = "+8613800138000";
  provider.behave("0s fail");
  auto here = browser();
  REQUIRE(here.send_code(phone).status == 200);
  stop();
  back_up();
  const auto done = restore({"--outbox", "resume"});
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  provider.behave("0s ok");
  serve_restored();
  CHECK(browser().log_in_by_code(phone, arrived_code(phone)).status == 200);
}

TEST_CASE_FIXTURE(backed_up_server, "a restore refuses what it would spoil, and why") {
  const auto someone = person("someone");
  back_up();
  const auto refused = [&](const std::string& why) {
    const auto done = restore();
    CHECK(done.code == 1);
    CHECK_MESSAGE(says(done.errors, why), done.errors);
    CHECK_FALSE(fs::exists(restored / "tinybook.db"));
  };
  const auto into_itself = run_tinybook(folder.path(), {"restore", backup.string()});
  CHECK(into_itself.code == 1);
  CHECK_MESSAGE(says(into_itself.errors, "is in use by process"), into_itself.errors);

  fs::create_directory(restored);
  std::ofstream(restored / "notes.txt") << "mine";
  refused("holds notes.txt: a backup is restored into an empty folder");
  fs::remove(restored / "notes.txt");

  fs::rename(backup / "keys.json", backup / "keys.away");
  refused("keys.json is not there");
  fs::rename(backup / "keys.away", backup / "keys.json");
  fs::rename(backup / "manifest.json", backup / "manifest.away");
  refused("manifest.json is not there");
  fs::rename(backup / "manifest.away", backup / "manifest.json");
  {
    std::fstream db(backup / "tinybook.db",
                    std::ios::in | std::ios::out | std::ios::binary);
    db.seekp(5000);
    db.put('!');
  }
  refused("tinybook.db is not what was backed up");

  CHECK(run_tinybook(restored, {"restore"}).code == 2);
  fs::remove_all(backup);
  back_up();
  const auto leave_out = [&](const std::string& name) {
    auto manifest = nlohmann::json::parse(std::ifstream(backup / "manifest.json"));
    auto& files = manifest["files"];
    files.erase(std::ranges::find(files, name, [](const nlohmann::json& one) {
      return one["name"].get<std::string>();
    }));
    std::ofstream(backup / "manifest.json") << manifest;
  };
  leave_out("keys.json");
  refused("holds no keys");
  leave_out("tinybook.db");
  refused("holds no database");
  fs::remove_all(backup);
  back_up();
  // An attempt that was interrupted is no obstacle, nor are modes that a copy has lost.
  fs::create_directory(restored / "restoring");
  std::ofstream(restored / "restoring" / "tinybook.db") << "half";
  for (const auto* file : {"tinybook.db", "keys.json", "manifest.json"})
    fs::permissions(backup / file, fs::perms{0644});
  const auto done = restore();
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  CHECK_FALSE(fs::exists(restored / "restoring"));
  for (const auto* file : {"tinybook.db", "keys.json"})
    CHECK(fs::status(restored / file).permissions() == fs::perms{0600});
  serve_restored();
  auto again = browser();
  again.use_tokens(someone.access(), someone.refresh());
  CHECK(again.get("/users/profile").status == 200);
}

TEST_CASE_FIXTURE(backed_up_server,
                  "a restore that was cut off before its last step is begun anew") {
  const auto someone = person("someone");
  back_up();
  fs::create_directory(restored);
  fs::copy_file(backup / "keys.json", restored / "keys.json");
  fs::create_directory(restored / "restoring");
  fs::copy_file(backup / "tinybook.db", restored / "restoring" / "tinybook.db");
  // A server would begin with an empty database.
  const auto started = run_tinybook(restored, {});
  CHECK(started.code == 1);
  CHECK_MESSAGE(says(started.errors, "a restore that was interrupted"), started.errors);
  CHECK_FALSE(fs::exists(restored / "tinybook.db"));
  // What it has left is no backup to be restored from.
  fs::copy_file(backup / "manifest.json", restored / "restoring" / "manifest.json");
  const auto from_there =
      run_tinybook(restored, {"restore", (restored / "restoring").string()});
  CHECK(from_there.code == 1);
  CHECK(fs::exists(restored / "restoring" / "tinybook.db"));
  const auto done = restore();
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  serve_restored();
  auto again = browser();
  again.use_tokens(someone.access(), someone.refresh());
  CHECK(again.get("/users/profile").status == 200);
}

TEST_CASE_FIXTURE(backed_up_server, "a backup leaves nothing behind where it fails, and "
                                    "what a killed one left is no obstacle") {
  stop();
  const auto copy = [&](const fs::path& to) {
    return run_tinybook(folder.path(), {"backup", to.string()});
  };
  fs::rename(folder.path() / "tinybook.db", elsewhere.path() / "db");
  std::ofstream(folder.path() / "tinybook.db") << std::string(8192, 'x');
  const auto failed = copy(backup);
  CHECK(failed.code == 1);
  CHECK_MESSAGE(says(failed.errors, "tinybook.db: "), failed.errors);
  CHECK_FALSE(fs::exists(backup));
  fs::rename(elsewhere.path() / "db", folder.path() / "tinybook.db");
  fs::create_directories(backup / "unfinished");
  std::ofstream(backup / "unfinished" / "tinybook.db") << "half";
  const auto done = copy(backup);
  REQUIRE_MESSAGE(done.code == 0, done.errors);
  CHECK_FALSE(fs::exists(backup / "unfinished"));
  const auto again = copy(backup);
  CHECK_MESSAGE(says(again.errors, "a backup goes into an empty folder"), again.errors);
  CHECK(copy(elsewhere.path() / "other/").code == 0);
  CHECK(mode_of(elsewhere.path() / "other") == 0700);
  CHECK(copy("/dev/null").code == 1);
}

TEST_CASE_FIXTURE(backed_up_server, "no link in a data folder is followed") {
  stop();
  const auto victim = elsewhere.path() / "victim";
  std::ofstream(victim) << "precious";
  fs::remove(folder.path() / "tinybook.lock");
  fs::create_symlink(victim, folder.path() / "tinybook.lock");
  const auto refused = run_tinybook(folder.path(), {});
  CHECK(refused.code == 1);
  CHECK_MESSAGE(says(refused.errors, "is a symbolic link"), refused.errors);
  CHECK(fs::file_size(victim) == 8);
}

TEST_CASE_FIXTURE(backed_up_server,
                  "a data folder that no server begins with is neither backed up nor "
                  "restored into") {
  stop();
  const auto refused = [&](const outcome& done, const std::string& why) {
    CHECK(done.code == 1);
    CHECK_MESSAGE(says(done.errors, why), done.errors);
  };
  const auto copy = [&] {
    return run_tinybook(folder.path(), {"backup", backup.string()});
  };
  fs::permissions(folder.path(), fs::perms{0777});
  refused(copy(), "others may write into it");
  refused(run_tinybook(folder.path(), {}), "others may write into it");
  fs::permissions(folder.path(), fs::perms{0700});
  for (const auto* name : {"tinybook.db", "keys.json"}) {
    fs::rename(folder.path() / name, elsewhere.path() / name);
    fs::create_symlink(elsewhere.path() / name, folder.path() / name);
    refused(copy(), std::string{name} + " is a symbolic link");
    fs::rename(elsewhere.path() / name, folder.path() / name);
  }
  CHECK_FALSE(fs::exists(backup));
  back_up();
  fs::create_directory(restored);
  fs::permissions(restored, fs::perms{0777});
  refused(restore(), "others may write into it");
  CHECK(fs::is_empty(restored));
}

TEST_CASE_FIXTURE(backed_up_server, "a backup in a folder that others may write into is "
                                    "warned of, when it is made and when it is used") {
  stop();
  const auto warned = [&](const outcome& done) {
    REQUIRE_MESSAGE(done.code == 0, done.errors);
    CHECK(says(done.errors, "chmod 700") == says(done.errors, backup.string()));
    return says(done.errors, "who becomes whom");
  };
  fs::create_directory(backup);
  fs::permissions(backup, fs::perms{0770});
  CHECK(warned(run_tinybook(folder.path(), {"backup", backup.string()})));
  CHECK(warned(restore()));
  fs::permissions(backup, fs::perms{0777});
  fs::remove_all(restored);
  CHECK(warned(restore()));
  fs::permissions(backup, fs::perms{0755});
  fs::remove_all(restored);
  CHECK_FALSE(warned(restore()));
  // Files that all may write, where all may come to them.
  fs::permissions(backup / "tinybook.db", fs::perms{0666});
  fs::remove_all(restored);
  CHECK(warned(restore()));
  fs::permissions(backup, fs::perms{0700});
  fs::remove_all(restored);
  CHECK_FALSE(warned(restore()));
  fs::permissions(backup, fs::perms{0755});
  fs::permissions(backup / "tinybook.db", fs::perms{0600});
  const auto another = (elsewhere.path() / "another").string();
  CHECK_FALSE(warned(run_tinybook(folder.path(), {"backup", another})));
  if (::geteuid() != 0)
    return;
  constexpr uid_t nobody = 65534;
  REQUIRE(::chown(backup.c_str(), nobody, nobody) == 0);
  fs::remove_all(restored);
  CHECK(warned(restore()));
  // Root does it for the user of the server.
  fs::remove_all(restored);
  fs::create_directory(restored);
  fs::permissions(restored, fs::perms{0700});
  REQUIRE(::chown(restored.c_str(), nobody, nobody) == 0);
  CHECK_FALSE(warned(restore()));
}

} // namespace tinybook::test
