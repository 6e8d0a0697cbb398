#include "config/suggestion.hpp"
#include "tests/config/support.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook::config::testing {

namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_0123456789";

/// One letter too many, too few, wrong, or swapped with its neighbour; never the dot.
std::string misspell(std::string name, std::size_t first) {
  const auto at = *rc::gen::inRange(first, name.size());
  const auto letter = *rc::gen::elementOf(std::string{letters});
  switch (*rc::gen::inRange(0, 4)) {
  case 0:
    name.insert(at, 1, letter);
    break;
  case 1:
    name.erase(at, 1);
    break;
  case 2:
    name[at] = letter;
    break;
  default:
    if (at + 1 < name.size())
      std::swap(name[at], name[at + 1]);
  }
  return name;
}

} // namespace

TEST_CASE("the edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("port", "port") == 0);
  CHECK(edit_distance("prot", "port") == 1);
  CHECK(edit_distance("por", "port") == 1);
  CHECK(edit_distance("poort", "port") == 1);
  CHECK(edit_distance("pert", "port") == 1);
  CHECK(edit_distance("", "port") == 4);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the edit distance is a symmetric bound by the longer text") {
  CHECK(rc::check("symmetry", [](const std::string& a, const std::string& b) {
    RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
    RC_ASSERT(edit_distance(a, b) <= std::max(a.size(), b.size()));
    RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
  }));
}

TEST_CASE("a key with one wrong letter is told what was meant, as an option") {
  CHECK(rc::check("misspelt option", [] {
    const auto name = std::string{(*rc::gen::elementOf(plain_keys()))->name};
    const auto wrong = misspell(name, 0);
    RC_PRE(!find_key(wrong));
    const auto text = all_text(load_set({wrong + "=1"}));
    RC_ASSERT(holds(text, "did you mean"));
  }));
}

TEST_CASE("a key with one wrong letter is told what was meant, as a variable") {
  CHECK(rc::check("misspelt variable", [] {
    const auto name = environment_name(**rc::gen::elementOf(plain_keys()));
    const auto wrong = misspell(name, std::string_view{"TINYBOOK_"}.size());
    const auto known = std::ranges::any_of(
        plain_keys(), [&wrong](const auto* k) { return environment_name(*k) == wrong; });
    RC_PRE(!known);
    const auto loaded = load({{}, {{wrong, "1"}}, {}});
    RC_ASSERT(holds(all_text(loaded), "did you mean \"TINYBOOK_"));
  }));
}

TEST_CASE("a key with one wrong letter is told what was meant, in the file") {
  CHECK(rc::check("misspelt key in a file", [] {
    const auto& s = *rc::gen::elementOf(
        std::vector<section>{sections().begin() + 1, sections().end()});
    const auto& k = *rc::gen::elementOf(std::vector<key>{s.keys.begin(), s.keys.end()});
    const auto wrong = misspell(std::string{k.name}, s.name.size() + 1);
    RC_PRE(!find_key(wrong) && wrong.size() > s.name.size() + 1);
    const auto loaded = load_text("[" + std::string{s.name} + "]\n"
                                  + wrong.substr(s.name.size() + 1) + " = 1\n");
    const auto text = errors_about(loaded, wrong);
    RC_ASSERT(holds(text, ".toml:2: "));
    RC_ASSERT(holds(text, "did you mean \"" + std::string{s.name} + "."));
  }));
}

TEST_CASE("a key in the wrong section is told where it belongs") {
  CHECK(holds(all_text(load_set({"http.level=info"})), "did you mean \"log.level\"?"));
}

TEST_CASE("a name unlike any key gets no suggestion") {
  CHECK_FALSE(holds(all_text(load_set({"zzzzqqqqxxxx=1"})), "did you mean"));
}

} // namespace tinybook::config::testing
