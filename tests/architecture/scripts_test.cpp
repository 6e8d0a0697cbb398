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

constexpr auto made_anew = "build/release was made for another folder: it is made anew";

} // namespace

TEST_CASE("every script tells what it does and takes, and builds nothing for that") {
  const tinybook::test::temporary_folder folder;
  fs::copy(scripts, folder.path() / "scripts");
  std::size_t asked = 0;
  for (const auto& file : fs::directory_iterator{folder.path() / "scripts"}) {
    const auto name = file.path().filename().string();
    if (name == "common.sh" || name == "bench-common.sh") // Sourced, never run.
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
