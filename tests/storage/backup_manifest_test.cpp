#include "storage/backup_manifest.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tinybook::test {

namespace {

struct small_backup {
  temporary_folder folder;
  storage::backup_manifest manifest;

  small_backup() {
    write("data", std::string(3 << 20U, 'x'));
    write("keys", "secret");
    auto files = storage::describe_files(folder.path(), {"data", "keys"});
    REQUIRE(files.ok());
    manifest = {"0.2.0", 9, from_unix_ms(1'800'000'000'123), *files};
    REQUIRE(storage::write_manifest(folder.path(), manifest).ok());
  }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder.path() / name, std::ios::binary) << content;
  }
  /// Why the backup cannot be restored; empty = it can.
  [[nodiscard]] std::string trouble() const {
    const auto read = storage::read_manifest(folder.path());
    if (!read)
      return read.error().detail;
    const auto sound = storage::check_files(folder.path(), *read);
    return sound ? "" : sound.error().detail;
  }
};

bool names(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a manifest tells what it was told") {
  const small_backup b;
  const auto read = storage::read_manifest(b.folder.path());
  REQUIRE(read.ok());
  const auto& m = *read;
  CHECK(m.made_by == "0.2.0");
  CHECK(m.schema == 9);
  CHECK(m.taken_at == b.manifest.taken_at);
  REQUIRE(m.files.size() == 2);
  CHECK(m.files[0].bytes == 3 << 20U);
  CHECK(m.files[1].sha256
        == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b");
  CHECK(m.has("keys"));
  CHECK_FALSE(m.has("others"));
  CHECK(b.trouble().empty());
}

TEST_CASE("a file that is not as it was backed up is named") {
  const small_backup b;
  b.write("keys", "secreT");
  CHECK(names(b.trouble(), "keys is not what was backed up"));
  std::filesystem::remove(b.folder.path() / "keys");
  CHECK(names(b.trouble(), "keys is not there"));
  // A pipe would be waited for.
  REQUIRE(::mkfifo((b.folder.path() / "keys").c_str(), 0600) == 0);
  CHECK(names(b.trouble(), "keys is not a regular file"));
}

TEST_CASE("a folder without a manifest, or with one of another kind, is no backup") {
  const small_backup b;
  b.write("manifest.json", R"({"format":2,"madeBy":"9.0.0"})");
  CHECK(names(b.trouble(), "was made by a newer tinybook (9.0.0)"));
  b.write("manifest.json", R"({"format":1,"madeBy":"0.2.0","schema":9,"takenAt":"",)"
                           R"("files":[{"name":"../x","bytes":0,"sha256":""}]})");
  CHECK(names(b.trouble(), "another folder"));
  for (const auto* damaged : {"", "{", "[]", R"({"format":1})", "null"}) {
    b.write("manifest.json", damaged);
    CHECK_MESSAGE(names(b.trouble(), "is damaged"), damaged);
  }
  // What is printed later cannot speak to a terminal.
  b.write("manifest.json",
          R"({"format":1,"madeBy":"\u001b[2J","schema":9,"takenAt":"","files":[]})");
  CHECK(names(b.trouble(), "is damaged"));
  const auto file = b.folder.path() / "manifest.json";
  std::filesystem::remove(file);
  CHECK(names(b.trouble(), "is not there"));
  std::filesystem::create_directory(file);
  CHECK(names(b.trouble(), "manifest.json is not a regular file"));
}

} // namespace tinybook::test
