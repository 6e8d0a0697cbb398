#include "tests/config/support.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace tinybook::config::testing {

namespace {

namespace fs = std::filesystem;

/// A folder that is gone afterwards, the present one meanwhile.
class present_folder {
 public:
  present_folder() {
    fs::create_directories(path_ / "data");
    fs::current_path(path_);
  }
  ~present_folder() {
    fs::current_path(before_);
    fs::remove_all(path_);
  }
  present_folder(const present_folder&) = delete;
  present_folder& operator=(const present_folder&) = delete;

  [[nodiscard]] std::string at(const char* file) const { return (path_ / file).string(); }

 private:
  fs::path before_ = fs::current_path();
  fs::path path_ =
      fs::temp_directory_path() / ("tinybook-audit-" + std::to_string(::getpid()));
};

/// What is said of the trail there; empty where it may be.
std::string refusal(const std::string& to, const std::string& more = {}) {
  const auto loaded =
      load_text("[audit]\nlog = '" + to + "'\n[storage]\npath = 'data'\n" + more);
  return loaded.ok() ? std::string{} : all_text(loaded);
}

} // namespace

TEST_CASE("the trail goes into no file that is something else already") {
  const present_folder here;
  for (const auto* file :
       {"data/tinybook.db", "data/tinybook.db-wal", "data/tinybook.lock",
        "data/keys.json", "data/admin.token", "data/../data/keys.json"})
    for (const auto& to : {std::string{file}, here.at(file)}) {
      const auto why = refusal(to);
      CHECK_MESSAGE(holds(why, "audit.log: "), to << ": " << why);
      CHECK_MESSAGE(holds(why, "storage.path"), to << ": " << why);
    }
  std::ofstream{here.at("shared-keys")} << "x";
  fs::create_hard_link(here.at("shared-keys"), here.at("hard"));
  fs::create_symlink(here.at("shared-keys"), here.at("soft"));
  const std::string keys = "[keys]\nfile = '" + here.at("shared-keys") + "'\n";
  for (const auto* to : {"shared-keys", "./shared-keys", "hard", "soft"})
    CHECK_MESSAGE(holds(refusal(to, keys), "is the file of keys.file"), to);
  for (const auto* own : {"data/keys.json", "data/admin.token", "data/tinybook.db-wal"}) {
    std::ofstream{here.at(own)} << "x";
    fs::remove(here.at("link"));
    fs::create_hard_link(here.at(own), here.at("link"));
    CHECK_MESSAGE(holds(refusal("link"), "storage.path"), own);
  }
  CHECK(holds(refusal("token", "[admin]\ntoken_file = 'token'\n"),
              "is the file of admin.token_file"));
  CHECK(holds(refusal("ca.pem", "[kafka]\nca_file = 'ca.pem'\n"),
              "is the file of kafka.ca_file"));
  for (const auto* good : {"stderr", "audit.jsonl", "data/audit.jsonl", "/dev/null",
                           "data/tinybook.jsonl", "elsewhere/tinybook.db"})
    CHECK_MESSAGE(refusal(good).empty(), refusal(good));
}

TEST_CASE("the trail goes into no file that is named as a stream is") {
  const present_folder here;
  for (const auto* to :
       {"stdout", "STDERR", "Stdout", "stdin", "-", "/dev/stdout", "/dev/stderr",
        "/dev/fd/2", "/dev/../dev/stderr", "/proc/self/fd/2"})
    CHECK_MESSAGE(holds(refusal(to), "names no file: use \"stderr\""), to);
}

TEST_CASE("the file of the configuration is not where the trail goes") {
  temporary_file file{""};
  const auto path = file.path().string();
  std::ofstream{file.path()} << "[audit]\nlog = '" << path << "'\n";
  const auto loaded = load({file.path(), {}, {}});
  CHECK(holds(all_text(loaded), "is the file of --config"));
  // Whatever is in it: no section, or nothing at all.
  for (const auto* text : {"", "# nothing\n", "allow_insecure = false\n"}) {
    std::ofstream{file.path()} << text;
    CHECK(holds(all_text(load({file.path(), {}, {"audit.log=" + path}})),
                "is the file of --config"));
  }
}

} // namespace tinybook::config::testing
