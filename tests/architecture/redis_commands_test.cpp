#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

std::set<std::string> found_in(const std::string& text, const std::regex& pattern) {
  std::set<std::string> out;
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at) {
    std::string name = (*at)[1];
    for (auto& c : name)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    out.insert(name);
  }
  return out;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("the doctor looks at the rights to all commands that a Redis script calls") {
  const std::filesystem::path top{TINYBOOK_SOURCE_DIR};
  std::set<std::string> called;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{top / "actors"})
    if (entry.path().extension() == ".cpp")
      called.merge(found_in(text_of(entry.path()), std::regex{R"(call\('([A-Z]+)')"}));
  CHECK(called.size() > 20);
  auto listed = text_of(top / "storage/redis/server_facts.cpp");
  const auto begin = listed.find("> called()");
  REQUIRE(begin != std::string::npos);
  listed = listed.substr(begin, listed.find("};", begin) - begin);
  CHECK(found_in(listed, std::regex{R"x("([a-z]+)")x"}) == called);
}
