#include "config/key_check.hpp"
#include "config/local_parts.hpp"
#include "config/toml_value.hpp"
#include "tests/config/support.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <set>

namespace tinybook::config::testing {

namespace {

std::vector<const key*> every_key() {
  auto keys = plain_keys();
  for (const auto& array : table_arrays())
    for (const auto& k : array.keys)
      keys.push_back(&k);
  return keys;
}

/// The defaults, with one table in each array.
settings with_a_table_each() {
  auto values = defaults();
  for (const auto& array : table_arrays())
    array.reset(values, 1);
  return values;
}

rc::Gen<std::string> any_text(const key& k) {
  return rc::gen::map(rc::gen::string<std::string>(), [&k](std::string text) {
    std::erase_if(text, [](char c) { return c < 0x20 || c == 0x7F; });
    return text.substr(0, static_cast<std::size_t>(k.high));
  });
}

/// A value that the key accepts. A text with a rule keeps its default: the rules have
/// tests of their own.
value acceptable_value(const key& k) {
  const auto number = [&k] {
    return *rc::gen::inRange(k.low, k.high + 1);
  };
  switch (k.type) {
  case value_type::boolean:
    return *rc::gen::arbitrary<bool>();
  case value_type::integer:
  case value_type::bytes:
    return number();
  case value_type::real:
    return k.low_real
           + (k.high_real - k.low_real) * static_cast<double>(*rc::gen::inRange(0, 1001))
                 / 1000.0;
  case value_type::duration:
    return milliseconds{number()};
  case value_type::word:
    return std::string{*rc::gen::elementOf(
        std::vector<std::string_view>{k.words.begin(), k.words.end()})};
  case value_type::text: {
    value text = *any_text(k);
    return acceptable(k, text) ? text : k.read(with_a_table_each(), 0);
  }
  case value_type::texts:
    return k.read(with_a_table_each(), 0);
  }
  return false;
}

} // namespace

TEST_CASE("every key is named once and described") {
  std::set<std::string_view> names;
  std::set<std::string> variables;
  for (const auto& s : sections()) {
    for (const auto& k : s.keys) {
      CHECK_MESSAGE(names.insert(k.name).second, k.name);
      CHECK_MESSAGE(variables.insert(environment_name(k)).second, k.name);
      CHECK_MESSAGE(!k.description.empty(), k.name);
      CHECK_MESSAGE(k.description.ends_with('.'), k.name);
      CHECK_MESSAGE(k.name.substr(0, k.name.find_last_of('.') + 1)
                        == (s.name.empty() ? "" : std::string{s.name} + "."),
                    k.name);
    }
  }
  CHECK(names.size() > 90);
}

TEST_CASE("every default is acceptable and stands in the settings") {
  const auto values = with_a_table_each();
  for (const auto* k : every_key()) {
    const auto standard = value_from_toml(*k, k->default_text);
    REQUIRE_MESSAGE(standard, k->name);
    CHECK_MESSAGE(acceptable(*k, *standard), k->name);
    CHECK_MESSAGE(k->read(values, 0) == *standard, k->name);
  }
}

TEST_CASE("every member is wide enough for the range of its key") {
  for (const auto* k : every_key()) {
    if (k->type != value_type::integer && k->type != value_type::bytes)
      continue;
    auto values = with_a_table_each();
    for (const auto edge : {k->low, k->high}) {
      k->assign(values, 0, value{edge});
      CHECK_MESSAGE(k->read(values, 0) == value{edge}, k->name);
    }
  }
}

TEST_CASE("no two keys share a member") {
  const auto before = with_a_table_each();
  for (const auto* changed : every_key()) {
    auto values = before;
    const auto old = changed->read(before, 0);
    if (const auto* flag = std::get_if<bool>(&old))
      changed->assign(values, 0, value{!*flag});
    else if (const auto* number = std::get_if<std::int64_t>(&old))
      changed->assign(values, 0, value{*number + 1});
    else if (const auto* time = std::get_if<milliseconds>(&old))
      changed->assign(values, 0, value{*time + milliseconds{1}});
    else if (const auto* real = std::get_if<double>(&old))
      changed->assign(values, 0, value{*real + 1.0});
    else if (changed->type == value_type::word)
      changed->assign(values, 0, value{std::string{changed->words.back()}});
    else if (changed->type == value_type::texts)
      changed->assign(values, 0, value{std::vector<std::string>{"other"}});
    else
      changed->assign(values, 0, value{std::string{"-01:15"}});
    for (const auto* k : every_key()) {
      CAPTURE(changed->name);
      CAPTURE(k->name);
      CHECK((k->read(values, 0) != k->read(before, 0)) == (k == changed));
    }
  }
}

TEST_CASE("a value just outside of its range is refused") {
  for (const auto* k : every_key()) {
    switch (k->type) {
    case value_type::integer:
    case value_type::bytes:
      CHECK_MESSAGE(acceptable(*k, value{k->low}), k->name);
      CHECK_MESSAGE(acceptable(*k, value{k->high}), k->name);
      CHECK_MESSAGE(!acceptable(*k, value{k->low - 1}), k->name);
      CHECK_MESSAGE(!acceptable(*k, value{k->high + 1}), k->name);
      break;
    case value_type::duration:
      CHECK_MESSAGE(!acceptable(*k, value{milliseconds{k->low - 1}}), k->name);
      CHECK_MESSAGE(!acceptable(*k, value{milliseconds{k->high + 1}}), k->name);
      break;
    case value_type::real:
      CHECK_MESSAGE(!acceptable(*k, value{k->low_real - 1e-9}), k->name);
      CHECK_MESSAGE(!acceptable(*k, value{k->high_real + 1e-9}), k->name);
      break;
    case value_type::word:
      CHECK_MESSAGE(!acceptable(*k, value{std::string{"no such word"}}), k->name);
      break;
    case value_type::text:
      CHECK_MESSAGE(!acceptable(*k, value{std::string(10'000, 'a')}), k->name);
      break;
    default:
      CHECK_MESSAGE(!acceptable(*k, value{std::int64_t{1}}), k->name);
    }
  }
}

TEST_CASE("the shipped file is what the table says") {
  const std::filesystem::path file{TINYBOOK_SOURCE_DIR "/config/tinybook.toml"};
  const bool is_what_is_printed = read_text(file) == print_documented_defaults();
  CHECK_MESSAGE(is_what_is_printed,
                "run: tinybook --print-default-config > config/tinybook.toml");
  const auto loaded = load({file, {}, {}});
  CHECK_MESSAGE(loaded.ok(), all_text(loaded));
  CHECK(print(loaded.values) == print(defaults()));
}

TEST_CASE("the example for cluster mode shares every part and lacks a provider alone") {
  const std::filesystem::path file{TINYBOOK_SOURCE_DIR "/config/cluster.toml"};
  const auto loaded = load({file, {}, {"allow_insecure=true"}});
  CHECK_MESSAGE(loaded.ok(), all_text(loaded));
  CHECK(local_parts(loaded.values).empty());
  const auto without = load({file, {}, {}});
  REQUIRE(without.errors.size() == 1);
  CHECK(all_text(without).find("console") != std::string::npos);
}

TEST_CASE("what is printed is read back as the same settings") {
  CHECK(rc::check("print and load", [] {
    auto values = with_a_table_each();
    for (const auto* k : every_key())
      if (!k->secret)
        k->assign(values, 0, acceptable_value(*k));
    const auto text = print(values);
    const auto loaded = load_text(text);
    // Values that do not go together are refused by name, but each is read.
    for (const auto& error : loaded.errors)
      RC_ASSERT(!holds(error.message, "is not allowed"));
    RC_ASSERT(print(loaded.values) == text);
  }));
}

TEST_CASE("one value given by a variable or by --set is the value that is printed") {
  CHECK(rc::check("override round trip", [] {
    const auto& k = **rc::gen::elementOf(plain_keys());
    RC_PRE(!k.secret);
    auto values = defaults();
    k.assign(values, 0, acceptable_value(k));
    auto text = to_toml(k, k.read(values, 0));
    if (text.starts_with('"'))
      text = std::get<std::string>(k.type == value_type::duration
                                           || k.type == value_type::bytes
                                       ? value{text.substr(1, text.size() - 2)}
                                       : k.read(values, 0));
    const auto by_option = load_set({std::string{k.name} + "=" + text});
    const auto by_variable = load({{}, {{environment_name(k), text}}, {}});
    RC_ASSERT(k.read(by_option.values, 0) == k.read(values, 0));
    RC_ASSERT(k.read(by_variable.values, 0) == k.read(values, 0));
  }));
}

} // namespace tinybook::config::testing
