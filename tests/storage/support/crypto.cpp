#include "storage/support/crypto.hpp"

#include "storage/support/encoding.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook {

namespace {

secret_key key_of(unsigned char fill) {
  return *secret_key::from_bytes(std::string(32, static_cast<char>(fill)));
}

} // namespace

TEST_CASE("sha256 gives the published vector") {
  CHECK(sha256_hex("abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("").size() == 32);
}

TEST_CASE("hmac_sha256 gives the vectors of RFC 4231, also for keys over a block") {
  CHECK(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?"))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex_encode(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First"))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("a keyed hash tells apart keys, parts and where a part ends") {
  const auto base = keyed_hash(key_of(1), {"ab", "c"});
  CHECK(base.size() == 32);
  CHECK(base == keyed_hash(key_of(1), {"ab", "c"}));
  CHECK(base != keyed_hash(key_of(2), {"ab", "c"}));
  CHECK(base != keyed_hash(key_of(1), {"a", "bc"}));
  CHECK(base != keyed_hash(key_of(1), {"abc"}));
  CHECK(base != keyed_hash(key_of(1), {"ab", "c", ""}));
}

TEST_CASE("constant_time_equal equals ==") {
  CHECK(rc::check("equal", [](const std::string& a, const std::string& b) {
    RC_ASSERT(constant_time_equal(a, b) == (a == b));
    // A copy: equal content must count, not the same memory.
    RC_ASSERT(
        constant_time_equal(a, std::string(a))); // NOLINT(*-string-view-conversions)
  }));
}

TEST_CASE("what was sealed opens with the same key and context") {
  CHECK(rc::check("seal", [](const std::string& plain, const std::string& context,
                             std::uint64_t seed) {
    seeded_random random(seed);
    const auto key = secret_key::generate(random);
    const auto sealed = seal(random, key, plain, context);
    RC_ASSERT(open(key, sealed, context) == plain);
  }));
}

TEST_CASE("a sealed text with any bit, key or context changed does not open") {
  CHECK(rc::check("tamper", [](const std::string& plain, std::uint64_t seed) {
    seeded_random random(seed);
    const auto key = secret_key::generate(random);
    const auto sealed = seal(random, key, plain, "row 7");
    auto changed = sealed;
    const auto bit = *rc::gen::inRange<std::size_t>(0, sealed.size() * 8);
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    RC_ASSERT(!open(key, changed, "row 7"));
    RC_ASSERT(!open(key, sealed, "row 8"));
    RC_ASSERT(!open(secret_key::generate(random), sealed, "row 7"));
    const auto cut = *rc::gen::inRange<std::size_t>(0, sealed.size());
    RC_ASSERT(!open(key, sealed.substr(0, cut), "row 7"));
  }));
}

TEST_CASE("two seals of one text differ") {
  system_random random;
  CHECK(seal(random, key_of(1), "123456", "") != seal(random, key_of(1), "123456", ""));
}

TEST_CASE("a key is 32 bytes and nothing else") {
  CHECK_FALSE(secret_key::from_bytes(std::string(31, 'k')));
  CHECK_FALSE(secret_key::from_bytes(std::string(33, 'k')));
  CHECK(key_of('k').view() == std::string(32, 'k'));
}

} // namespace tinybook
