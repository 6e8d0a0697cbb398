#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root{TINYBOOK_SOURCE_DIR};

/// Top first: a layer includes its own files and those below it. A test or a benchmark
/// may include anything.
constexpr std::array<std::string_view, 5> layers{"main", "http", "actors", "storage",
                                                 "config"};

std::optional<std::size_t> layer_of(std::string_view path) {
  const auto first = path.substr(0, path.find_first_of("/."));
  const auto found = std::ranges::find(layers, first);
  if (found == layers.end())
    return std::nullopt;
  return static_cast<std::size_t>(found - layers.begin());
}

struct source_file {
  std::string name; ///< From the root of the source tree.
  std::vector<std::string> lines;
};

bool is_source(const fs::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".hpp";
}

source_file read(const fs::path& path) {
  source_file file{fs::relative(path, root).generic_string(), {}};
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    file.lines.push_back(line);
  return file;
}

std::vector<source_file> sources_in(std::string_view folder) {
  std::vector<source_file> files;
  if (fs::is_directory(root / folder))
    for (const auto& entry : fs::recursive_directory_iterator{root / folder})
      if (entry.is_regular_file() && is_source(entry.path()))
        files.push_back(read(entry.path()));
  return files;
}

std::vector<source_file> product() {
  std::vector<source_file> files{read(root / "main.cpp")};
  for (const auto layer : layers)
    std::ranges::move(sources_in(layer), std::back_inserter(files));
  return files;
}

std::vector<source_file> everything() {
  auto files = product();
  for (const auto* folder : {"tests", "bench"})
    std::ranges::move(sources_in(folder), std::back_inserter(files));
  return files;
}

/// The path between the quotes or the angle brackets of an include line; else empty.
std::string_view included(std::string_view line) {
  const auto hash = line.find_first_not_of(" \t");
  if (hash == std::string_view::npos || line[hash] != '#')
    return {};
  line.remove_prefix(hash + 1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with("include"))
    return {};
  const auto begin = line.find_first_of("\"<");
  if (begin == std::string_view::npos)
    return {};
  const auto end = line.find_first_of("\">", begin + 1);
  return end == std::string_view::npos ? std::string_view{}
                                       : line.substr(begin + 1, end - begin - 1);
}

/// Whether `upper` may include `path`.
bool allowed(std::string_view file, std::string_view path) {
  const auto from = layer_of(file);
  const auto to = layer_of(path);
  return !from || !to || !path.ends_with(".hpp") || *from <= *to;
}

template <class Offends>
void check_includes(std::string_view folder, Offends offends) {
  for (const auto& file : sources_in(folder))
    for (const auto& line : file.lines)
      CHECK_MESSAGE(!offends(included(line)), file.name << ": " << line);
}

} // namespace

TEST_CASE("the reader of includes sees what the compiler sees") {
  CHECK(included("#include \"http/a.hpp\"") == "http/a.hpp");
  CHECK(included("  #  include <caf/all.hpp> // why") == "caf/all.hpp");
  CHECK(included("// #include \"http/a.hpp\"").empty());
  CHECK(included("#define include").empty());
  CHECK(allowed("main.cpp", "http/a.hpp"));
  CHECK(allowed("http/a.cpp", "config/a.hpp"));
  CHECK(allowed("http/a.cpp", "http/b.hpp"));
  CHECK(allowed("config/a.cpp", "toml++/toml.h"));
  CHECK_FALSE(allowed("config/a.cpp", "storage/a.hpp"));
  CHECK_FALSE(allowed("storage/a.cpp", "actors/a.hpp"));
  CHECK_FALSE(allowed("actors/b/a.cpp", "http/a.hpp"));
}

TEST_CASE("every layer is looked at") {
  for (const auto layer : layers)
    if (layer != "main")
      CHECK_MESSAGE(!sources_in(layer).empty(), layer);
}

TEST_CASE("includes run from main over http, actors and storage to config") {
  for (const auto& file : product())
    for (const auto& line : file.lines)
      CHECK_MESSAGE(allowed(file.name, included(line)), file.name << ": " << line);
}

TEST_CASE("product code includes neither tests nor benchmarks") {
  for (const auto& file : product())
    for (const auto& line : file.lines) {
      const auto path = included(line);
      CHECK_MESSAGE(!path.starts_with("tests/"), file.name << ": " << line);
      CHECK_MESSAGE(!path.starts_with("bench/"), file.name << ": " << line);
    }
}

TEST_CASE("own headers are named by their full path") {
  for (const auto& file : everything())
    for (const auto& line : file.lines) {
      const auto path = included(line);
      if (path.empty() || line.find('"') == std::string::npos)
        continue;
      const bool generated =
          path == "config/version.hpp" || path == "config/build_options.hpp";
      CHECK_MESSAGE((generated || fs::is_regular_file(root / path)),
                    file.name << ": " << line);
    }
}

TEST_CASE("storage and config know nothing of CAF") {
  const auto caf = [](std::string_view path) {
    return path.starts_with("caf/");
  };
  check_includes("storage", caf);
  check_includes("config", caf);
}

TEST_CASE("only http knows cpp-httplib") {
  const auto httplib = [](std::string_view path) {
    return path == "httplib.h";
  };
  for (const auto* folder : {"actors", "storage", "config"})
    check_includes(folder, httplib);
}

TEST_CASE("headers are guarded once, by pragma") {
  for (const auto& file : everything())
    if (file.name.ends_with(".hpp"))
      CHECK_MESSAGE(std::ranges::count(file.lines, "#pragma once") == 1, file.name);
}

TEST_CASE("no test sleeps") {
  // Written in two parts, so that this file does not find itself.
  const std::array<std::string, 4> sleeps{
      std::string{"sleep_"} + "for", std::string{"sleep_"} + "until",
      std::string{"usl"} + "eep(", std::string{"nanosl"} + "eep("};
  for (const auto& file : sources_in("tests"))
    for (const auto& line : file.lines)
      for (const auto& call : sleeps)
        CHECK_MESSAGE(line.find(call) == std::string::npos, file.name << ": " << line);
}

TEST_CASE("every suite of the stores runs against both engines") {
  std::size_t suites = 0;
  for (const std::string engine : {"sqlite", "postgres"}) {
    const auto name = "tests/storage/" + engine + "/conformance_test.cpp";
    const auto calls = read(root / name);
    for (const auto& entry : fs::directory_iterator{root / "tests/storage/conformance"}) {
      const auto suite = entry.path().stem().string();
      if (!suite.ends_with("_conformance"))
        continue;
      ++suites;
      const auto call = suite + "(make_" + engine;
      CHECK_MESSAGE(std::ranges::any_of(calls.lines,
                                        [&](const std::string& line) {
                                          return line.find(call) != std::string::npos;
                                        }),
                    name << " lacks " << call << ')');
    }
  }
  CHECK(suites > 20);
}
