#include "actors/accounts/password_hash.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <string>

namespace tinybook {

namespace {

constexpr std::size_t kib = 1024;
constexpr password_hash_options cheap{1, 8 * kib};

/// What decides the work of a comparison: "$argon2id$v=19$m=8192,t=2,p=1$".
std::string cost_of(const std::string& hash) {
  const auto salt = hash.find('$', hash.find(",p=") + 1);
  return hash.substr(0, salt + 1);
}

} // namespace

TEST_CASE("only the password that was hashed verifies") {
  CHECK(rc::check("verify", [](const std::string& password, const std::string& other) {
    const auto hash = hash_password(password, cheap);
    RC_ASSERT(hash.ok());
    RC_ASSERT(hash->starts_with("$argon2id$"));
    RC_ASSERT(*verify_password(*hash, password));
    RC_ASSERT(*verify_password(*hash, other) == (other == password));
  }));
}

TEST_CASE("two hashes of one password differ by their salt") {
  CHECK(*hash_password("secret words", cheap) != *hash_password("secret words", cheap));
}

TEST_CASE("a malformed hash matches nothing") {
  const auto good = *hash_password("secret words", cheap);
  for (const std::string& bad :
       {std::string(), std::string("secret words"), good.substr(0, good.size() - 5),
        good + "x", std::string(5'000, '$'), std::string("$argon2id$v=19$m=8"),
        std::string("$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA")}) {
    const auto verified = verify_password(bad, "secret words");
    REQUIRE(verified.ok());
    CHECK_FALSE(*verified);
  }
}

TEST_CASE("a hash is made anew when the cost was changed either way") {
  const auto hash = *hash_password("secret words", {2, 16 * kib});
  CHECK_FALSE(needs_rehash(hash, {2, 16 * kib}));
  CHECK(needs_rehash(hash, {3, 16 * kib}));
  CHECK(needs_rehash(hash, {1, 16 * kib}));
  CHECK(needs_rehash(hash, {2, 32 * kib}));
  CHECK(needs_rehash("$argon2i$v=19$m=8,t=3,p=1$AAAA$AAAA", {2, 16 * kib}));
  CHECK(needs_rehash("", {2, 16 * kib}));
}

TEST_CASE("memory that cannot be had is an error and no wrong password") {
  const auto hash = hash_password("secret words", {1, std::size_t{1} << 50});
  REQUIRE_FALSE(hash.ok());
  CHECK(hash.error().code == errc::overloaded);
  CHECK(hash.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("an e-mail that does not exist costs what a wrong password costs") {
  const password_hash_options options{2, 8 * kib * kib};
  const auto dummy = dummy_password_hash(options);
  REQUIRE(dummy);
  CHECK_FALSE(needs_rehash(*dummy, options));
  const auto real = *hash_password("secret words", options);
  CHECK(cost_of(real).starts_with("$argon2id$v=19$m=8192,t=2,"));
  CHECK(cost_of(*dummy) == cost_of(real));
  CHECK(dummy->size() == real.size());
  CHECK_FALSE(*verify_password(*dummy, "a wrong password"));
}

} // namespace tinybook
