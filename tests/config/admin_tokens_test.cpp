#include "tests/config/support.hpp"

#include <doctest/doctest.h>

namespace tinybook::config::testing {

namespace {

std::string token_table(const std::string& name, const std::string& level = "act",
                        const std::string& hash = "sha256:" + std::string(64, 'a')) {
  return "[[admin.tokens]]\nname = \"" + name + "\"\nlevel = \"" + level + "\"\nhash = \""
         + hash + "\"\n";
}

} // namespace

TEST_CASE("operators stand in the file, each with a name, a level and a hash") {
  const auto loaded =
      load_text("[admin]\nport = 1\n" + token_table("ann")
                + token_table("bob-2", "configure", "sha256:" + std::string(64, 'b')));
  REQUIRE_MESSAGE(loaded.ok(), all_text(loaded));
  const auto& tokens = loaded.values.admin.tokens;
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].name == "ann");
  CHECK(tokens[0].level == admin_level::act);
  CHECK(tokens[1].level == admin_level::configure);
  CHECK(defaults().admin.tokens.empty());
  const auto again = load_text(print(loaded.values));
  CHECK(again.values.admin.tokens.size() == 2);
}

TEST_CASE("what is wrong with an operator is told by name") {
  CHECK(holds(all_text(load_text(token_table("admin"))), "the file admin.token"));
  CHECK(holds(all_text(load_text(token_table("ann") + token_table("ann"))),
              "admin.tokens[1].name"));
  CHECK(holds(all_text(load_text(token_table("ann") + token_table("bob"))),
              "admin.tokens[1].hash"));
  CHECK(holds(all_text(load_text(token_table("Ann B."))), "a name of 1 to 32"));
  CHECK(holds(all_text(load_text(token_table("ann", "root"))), "\"read\""));
  for (const auto* hash : {"", "secret", "sha256:abc"})
    CHECK(holds(all_text(load_text(token_table("ann", "act", hash))), "64 hexadecimal"));
  const auto of_nothing = load_text(token_table(
      "ann", "act",
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  REQUIRE(of_nothing.errors.size() == 1);
  CHECK(of_nothing.errors[0].key == "admin.tokens[0].hash");
  CHECK_MESSAGE(holds(all_text(of_nothing), "empty token"), all_text(of_nothing));
  const auto missing = load_text("[[admin.tokens]]\nname = \"ann\"\n");
  REQUIRE(missing.errors.size() == 2);
  CHECK(missing.errors[0].key == "admin.tokens[0].level");
  CHECK(holds(all_text(load_set({"admin.tokens[0].name=ann"})), "[[admin.tokens]]"));
}

} // namespace tinybook::config::testing
