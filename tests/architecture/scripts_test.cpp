#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path scripts = fs::path{TINYBOOK_SOURCE_DIR} / "scripts";

struct outcome {
  int status = -1;
  std::string said; ///< Standard output and standard error.

  [[nodiscard]] bool says(const std::string& text) const {
    return said.find(text) != std::string::npos;
  }
};

outcome run(const fs::path& folder, const std::string& lines) {
  const auto command =
      "cd '" + folder.string() + "' && bash -c '" + lines + "' 2>&1 </dev/null";
  FILE* const out = ::popen(command.c_str(), "r"); // NOLINT(*-command-processor)
  REQUIRE(out != nullptr);
  outcome ran;
  std::array<char, 65536> part{};
  while (const auto got = std::fread(part.data(), 1, part.size(), out))
    ran.said.append(part.data(), got);
  const int status = ::pclose(out);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream{file} << text;
}

/// A project as ours, but for its size: a program of one file.
void make_clone(const fs::path& folder) {
  fs::create_directories(folder / "scripts");
  fs::copy(scripts / "common.sh", folder / "scripts");
  fs::copy(scripts.parent_path() / "CMakePresets.json", folder);
  write(folder / "CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\n"
                                   "project(small LANGUAGES CXX)\n"
                                   "add_executable(small main.cpp)\n");
  write(folder / "main.cpp", "int main() {}\n");
}

outcome build(const fs::path& clone) {
  return run(clone, "source scripts/common.sh; configure release; build release small");
}

constexpr auto changelog = "# Changelog\n\n## Unreleased\n\nFaster.\n\n"
                           "Operators: nothing to do.\n\n## 0.9.0\n\nOld.\n";

/// A project with what a release is made of, under git.
void make_repository(const fs::path& folder) {
  make_clone(folder);
  fs::copy(scripts / "release.sh", folder / "scripts");
  write(folder / "CMakeLists.txt", "project(tinybook VERSION 0.9.0 LANGUAGES CXX)\n");
  write(folder / "CHANGELOG.md", changelog);
  REQUIRE(run(folder, "git init -q -b main . && git config user.name A && git config "
                      "user.email a@example.org && git add -A && git commit -qm first")
              .status
          == 0);
}

constexpr auto made_anew = "build/release was made for another folder: it is made anew";

} // namespace

TEST_CASE("every script tells what it does and takes, and builds nothing for that") {
  const tinybook::test::temporary_folder folder;
  fs::copy(scripts, folder.path() / "scripts");
  std::size_t asked = 0;
  for (const auto& file : fs::directory_iterator{folder.path() / "scripts"}) {
    const auto name = file.path().filename().string();
    if (name.ends_with("common.sh")) // Sourced, never run.
      continue;
    for (const auto* option : {" --help", " -h"}) {
      const auto told = run(folder.path(), "scripts/" + name + option);
      CHECK_MESSAGE(told.status == 0, name);
      CHECK_MESSAGE(told.says("  scripts/"), name << ": " << told.said);
    }
    ++asked;
  }
  CHECK(asked >= 15);
  CHECK_FALSE(fs::exists(folder.path() / "build"));
}

TEST_CASE(
    "a first build tells how long it takes and how far it is, a second one is quiet") {
  const tinybook::test::temporary_folder folder;
  make_clone(folder.path());
  const auto first = build(folder.path());
  CHECK_MESSAGE(first.status == 0, first.said);
  CHECK_MESSAGE(first.says("== a first build: 2 steps, about "), first.said);
  CHECK_MESSAGE(first.says("[100% 2 of 2] Linking"), first.said);
  const auto second = build(folder.path());
  CHECK(second.status == 0);
  CHECK_MESSAGE(!second.says("first build"), second.said);
}

TEST_CASE(
    "a clone that was moved or copied makes its build anew, and never the old one") {
  const tinybook::test::temporary_folder folder;
  const auto old = folder.path() / "old";
  const auto moved = folder.path() / "moved";
  const auto copied = folder.path() / "copied";
  make_clone(old);
  REQUIRE(build(old).status == 0);
  CHECK_FALSE(build(old).says(made_anew));

  fs::rename(old, moved);
  const auto after_move = build(moved);
  CHECK_MESSAGE(after_move.status == 0, after_move.said);
  CHECK_MESSAGE(after_move.says(made_anew), after_move.said);

  fs::copy(moved, copied, fs::copy_options::recursive);
  write(copied / "main.cpp", "int main() { return 7; }\n");
  const auto after_copy = build(copied);
  CHECK_MESSAGE(after_copy.says(made_anew), after_copy.said);
  CHECK(run(copied, "build/release/small").status == 7);
  CHECK(run(moved, "build/release/small").status == 0);
  CHECK_FALSE(build(moved).says(made_anew));
}

TEST_CASE("a release has its version, its section of the changelog, a commit and a tag") {
  const tinybook::test::temporary_folder folder;
  make_repository(folder.path());
  const auto shown = run(folder.path(), "scripts/release.sh --dry-run 0.10.0");
  CHECK_MESSAGE(shown.status == 0, shown.said);
  CHECK(shown.says("+project(tinybook VERSION 0.10.0 LANGUAGES CXX)"));
  CHECK(run(folder.path(), "git status --porcelain; git tag").said.empty());

  const auto cut = run(folder.path(), "scripts/release.sh --no-package 0.10.0");
  CHECK_MESSAGE(cut.status == 0, cut.said);
  CHECK(run(folder.path(), "git status --porcelain").said.empty());
  CHECK(run(folder.path(), "git log -1 --format=%s v0.10.0").said == "release: 0.10.0\n");
  CHECK(run(folder.path(), "cat CMakeLists.txt").said
        == "project(tinybook VERSION 0.10.0 LANGUAGES CXX)\n");
  const auto section = "## 0.10.0 ("
                       + run(folder.path(), "date -u +%F | tr -d \"\\n\"").said
                       + ")\n\nFaster.\n\nOperators: nothing to do.\n\n## 0.9.0\n";
  const auto text = run(folder.path(), "cat CHANGELOG.md").said;
  CHECK_MESSAGE(text.find("## Unreleased\n\n" + section) != std::string::npos, text);
  CHECK(run(folder.path(), "git cat-file tag v0.10.0")
            .says("tinybook 0.10.0\n\nFaster.\n\nOperators: nothing to do.\n"));
}

TEST_CASE("a release that would be a wrong one is refused, and changes nothing") {
  const tinybook::test::temporary_folder folder;
  make_repository(folder.path());
  const auto refused = [&](const std::string& version, const std::string& why) {
    const auto state = run(folder.path(), "git status --porcelain; git log --format=%H");
    const auto cut = run(folder.path(), "scripts/release.sh --no-package " + version);
    CHECK(cut.status == 1);
    CHECK_MESSAGE(cut.says(why), cut.said);
    CHECK(run(folder.path(), "git status --porcelain; git log --format=%H").said
          == state.said);
  };
  refused("", "three numbers");
  refused("0.10", "three numbers");
  refused("0.9.0", "0.9.0 is not newer than 0.9.0");
  refused("0.8.10", "is not newer");
  CHECK(run(folder.path(), "git tag v0.10.0").status == 0);
  refused("0.10.0", "there is a tag v0.10.0");
  write(folder.path() / "main.cpp", "int main() { return 1; }\n");
  refused("0.11.0", "not committed");
  const auto commit_changelog = [&](const std::string& text) {
    write(folder.path() / "CHANGELOG.md", text);
    REQUIRE(run(folder.path(), "git commit -qam next").status == 0);
  };
  commit_changelog("# Changelog\n\n## Unreleased\n\n## 0.9.0\n\nOperators: old.\n");
  refused("0.11.0", "nothing under");
  commit_changelog("# Changelog\n\n## Unreleased\n\nFaster.\n");
  refused("0.11.0", "begins with \"Operators:\"");
}
