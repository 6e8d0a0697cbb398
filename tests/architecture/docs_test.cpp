#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path source_root{TINYBOOK_SOURCE_DIR};

std::vector<fs::path> pages() {
  std::vector<fs::path> out;
  for (const auto* folder : {"", "docs"})
    for (const auto& entry : fs::directory_iterator{source_root / folder})
      if (entry.path().extension() == ".md")
        out.push_back(entry.path());
  return out;
}

/// What the only group of `pattern` matches in a page.
std::vector<std::string> all_of(const fs::path& page, const std::regex& pattern) {
  std::ifstream in{page};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::vector<std::string> out;
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
    out.push_back((*at)[1]);
  return out;
}

} // namespace

TEST_CASE("every link of the documentation leads to a file of the tree") {
  const std::regex link{R"(\]\(([^)#:]+)(?:#[^)]*)?\))"};
  std::size_t links = 0;
  for (const auto& page : pages())
    for (const auto& to : all_of(page, link)) {
      ++links;
      CHECK_MESSAGE(fs::exists(page.parent_path() / to), page << " links to " << to);
    }
  CHECK(links > 20);
}

TEST_CASE("every source file that the documentation names is there") {
  const std::regex path{
      R"(`((?:actors|http|storage|config|tests|bench|scripts|cmake|docs)/[a-z0-9_/.-]+\.(?:cpp|hpp|sh|toml|md|cmake|txt)))"};
  std::size_t paths = 0;
  for (const auto& page : pages()) {
    // It names files as they were at the time.
    if (page.filename() == "CHANGELOG.md")
      continue;
    for (const auto& name : all_of(page, path)) {
      ++paths;
      CHECK_MESSAGE(fs::exists(source_root / name), page << " names " << name);
    }
  }
  CHECK(paths > 20);
}
