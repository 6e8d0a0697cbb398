#include "storage/support/keyring.hpp"

#include <doctest/doctest.h>

#include <set>

namespace tinybook {

namespace {

constexpr key_purpose all_purposes[] = {key_purpose::tokens, key_purpose::code_hashes,
                                        key_purpose::parameters, key_purpose::cookies,
                                        key_purpose::public_ids};

master_key named(const std::string& id, char fill = 'k') {
  return {id, *secret_key::from_bytes(std::string(32, fill))};
}

} // namespace

TEST_CASE("keys of different purposes and masters all differ") {
  system_random random;
  const auto keys = keyring::generate(random).rotated(random);
  std::set<std::string> seen;
  for (const auto& id : keys.ids())
    for (auto purpose : all_purposes)
      seen.emplace(keys.find(id, purpose)->view());
  for (const auto& master : keys.master_keys())
    seen.emplace(master.key.view());
  CHECK(seen.size() == 12);
}

TEST_CASE("derivation never changes: databases and tokens hold its results") {
  const auto keys = keyring::from_keys({named("a")});
  REQUIRE(keys);
  CHECK(sha256_hex(keys->current(key_purpose::tokens).view())
        == "e02a820ef8f5e4e410fd5d30ccba00d1aa07d2f0b2ea15c01efa8b085bd86d8d");
  CHECK(sha256_hex(keys->current(key_purpose::public_ids).view())
        == "a401db1b44e9dc4f227fa11f41dcfcefdbb99d13cc2a707b07497f0bdc8d4698");
}

TEST_CASE("rotation makes a new current key and still knows the older ones") {
  system_random random;
  const auto first = keyring::generate(random);
  const auto second = first.rotated(random);
  CHECK(second.current_id() != first.current_id());
  const auto* old = second.find(first.current_id(), key_purpose::tokens);
  REQUIRE(old != nullptr);
  CHECK(old->view() == first.current(key_purpose::tokens).view());
  CHECK(second.ids().size() == 2);
}

TEST_CASE("the oldest key goes when there are too many") {
  system_random random;
  auto keys = keyring::generate(random);
  const auto oldest = keys.current_id();
  for (std::size_t i = 0; i < keyring::max_keys; ++i)
    keys = keys.rotated(random);
  CHECK(keys.ids().size() == keyring::max_keys);
  CHECK(keys.find(oldest, key_purpose::tokens) == nullptr);
}

TEST_CASE("an unknown id has no key") {
  system_random random;
  CHECK(keyring::generate(random).find("nobody", key_purpose::tokens) == nullptr);
}

TEST_CASE("configured keys are checked") {
  CHECK_FALSE(keyring::from_keys({}).ok());
  CHECK_FALSE(keyring::from_keys({named("a"), named("a", 'x')}).ok());
  CHECK_FALSE(keyring::from_keys({named("")}).ok());
  CHECK_FALSE(keyring::from_keys({named("a b")}).ok());
  CHECK_FALSE(keyring::from_keys({named(std::string(33, 'a'))}).ok());
  CHECK_FALSE(
      keyring::from_keys(std::vector<master_key>(keyring::max_keys + 1, named("a")))
          .ok());
  const auto two = keyring::from_keys({named("new", 'n'), named("old", 'o')});
  REQUIRE(two);
  CHECK(two->current_id() == "new");
}

} // namespace tinybook
