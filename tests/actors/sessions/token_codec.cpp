#include "actors/sessions/token_codec.hpp"

#include "storage/support/encoding.hpp"

#include <doctest/doctest.h>
#include <jwt.h>

#include <map>
#include <rapidcheck.h>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds issue_time{std::chrono::seconds{1'700'000'000}};

std::shared_ptr<const keyring> make_keys(std::uint64_t seed) {
  seeded_random random(seed);
  return std::make_shared<const keyring>(keyring::generate(random));
}

const std::shared_ptr<const keyring> token_keys = make_keys(1);
const token_options as_issuer{.issuer = "tinybook"};
const token_codec default_codec(token_keys, as_issuer);

token_claims claims_of(token_kind kind = token_kind::access) {
  return {42, "family-1", "token-1", kind, issue_time, issue_time, issue_time + 15min};
}

errc code_of(const result<token_claims>& refused) {
  REQUIRE_FALSE(refused.ok());
  return refused.error().code;
}

errc verdict(std::string_view token, token_kind kind = token_kind::access) {
  return code_of(default_codec.verify(token, kind, issue_time));
}

/// A token with any header and payload, correctly signed with our key, so that each other
/// check is tested alone.
std::string forge(const std::string& header, const std::string& payload) {
  const auto text = base64url_encode(header) + "." + base64url_encode(payload);
  const auto& key = token_keys->current(key_purpose::tokens);
  return text + "." + base64url_encode(hmac_sha256(key.view(), text));
}

std::string good_header() {
  return R"({"alg":"HS256","kid":")" + token_keys->current_id() + R"(","typ":"JWT"})";
}

/// The claims of a good token as JSON, with some replaced (or left out, where empty).
std::string payload(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> fields = {
      {"iss", "\"tinybook\""},  {"kind", "\"access\""}, {"uid", "42"},
      {"ssid", "\"family-1\""}, {"jti", "\"token-1\""}, {"iat", "1700000000"},
      {"nbf", "1700000000"},    {"exp", "1700000900"}};
  for (const auto& [name, value] : changes)
    fields[name] = value;
  std::string text;
  for (const auto& [name, value] : fields)
    if (!value.empty())
      text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
  return text + "}";
}

/// Signed by the library itself with another algorithm.
std::string library_token(jwt_alg_t algorithm) {
  jwt_t* raw = nullptr;
  REQUIRE(jwt_new(&raw) == 0);
  const auto& key = token_keys->current(key_purpose::tokens);
  if (algorithm != JWT_ALG_NONE)
    REQUIRE(jwt_set_alg(raw, algorithm, key.data(), 32) == 0);
  REQUIRE(jwt_add_header(raw, "kid", token_keys->current_id().c_str()) == 0);
  REQUIRE(jwt_add_grants_json(raw, payload().c_str()) == 0);
  char* text = jwt_encode_str(raw);
  std::string token = text;
  std::free(text);
  jwt_free(raw);
  return token;
}

} // namespace

TEST_CASE("what was signed verifies to the same claims, for every kind") {
  CHECK(rc::check("round trip", [] {
    const auto kind =
        *rc::gen::element(token_kind::access, token_kind::refresh, token_kind::device);
    const auto uid = *rc::gen::inRange<std::int64_t>(1, (std::int64_t{1} << 53));
    const auto id = *rc::gen::nonEmpty(rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("abcXYZ019-_\"\\ "))));
    RC_PRE(id.size() <= 128U);
    auto claims = claims_of(kind);
    claims.user_id = uid;
    claims.id = id;
    const auto token = default_codec.sign(claims);
    RC_ASSERT(token.ok());
    const auto verified = default_codec.verify(*token, kind, issue_time);
    RC_ASSERT(verified.ok());
    RC_ASSERT(*verified == claims);
  }));
}

TEST_CASE("the helper that forges makes a token that verifies when nothing is wrong") {
  CHECK(*default_codec.verify(forge(good_header(), payload()), token_kind::access,
                              issue_time)
        == claims_of());
}

TEST_CASE("a token expires in exactly the second that it names") {
  const auto token = *default_codec.sign(claims_of());
  CHECK(default_codec.verify(token, token_kind::access, issue_time + 15min - 1s).ok());
  CHECK(code_of(default_codec.verify(token, token_kind::access, issue_time + 15min))
        == errc::token_expired);
  CHECK(code_of(
            default_codec.verify(token, token_kind::access, issue_time + 24h * 365 * 100))
        == errc::token_expired);
}

TEST_CASE(
    "a token is not valid before its time, with leeway for other replicas' clocks") {
  const auto token = *default_codec.sign(claims_of());
  CHECK(default_codec.verify(token, token_kind::access, issue_time - 5s).ok());
  CHECK(code_of(default_codec.verify(token, token_kind::access, issue_time - 6s))
        == errc::token_invalid);
}

TEST_CASE("each kind is refused where another is expected, even when expired") {
  const auto kinds = {token_kind::access, token_kind::refresh, token_kind::device};
  for (auto made : kinds)
    for (auto expected : kinds)
      if (made != expected) {
        const auto token = *default_codec.sign(claims_of(made));
        CHECK(verdict(token, expected) == errc::token_invalid);
        CHECK(code_of(default_codec.verify(token, expected, issue_time + 24h))
              == errc::token_invalid);
      }
}

TEST_CASE("another issuer is refused") {
  const token_codec other(token_keys, {"somebody", 5s});
  CHECK(verdict(*other.sign(claims_of())) == errc::token_invalid);
  CHECK(verdict(forge(good_header(), payload({{"iss", ""}}))) == errc::token_invalid);
}

TEST_CASE("only HS256 is accepted, also when the signature is right for another") {
  CHECK(default_codec.verify(library_token(JWT_ALG_HS256), token_kind::access, issue_time)
            .ok());
  CHECK(verdict(library_token(JWT_ALG_HS384)) == errc::token_invalid);
  CHECK(verdict(library_token(JWT_ALG_HS512)) == errc::token_invalid);
  CHECK(verdict(library_token(JWT_ALG_NONE)) == errc::token_invalid);
  const auto kid = R"(,"kid":")" + token_keys->current_id() + "\"}";
  for (const char* alg : {"\"none\"", "\"None\"", "\"HS512\"", "\"hs256\"", "\"RS256\"",
                          "\"\"", "null", "[\"HS256\"]", "256"})
    CHECK_MESSAGE(verdict(forge(R"({"alg":)" + std::string(alg) + kid, payload()))
                      == errc::token_invalid,
                  alg);
}

TEST_CASE("a token without a signature is refused") {
  const auto token = *default_codec.sign(claims_of());
  const auto unsigned_part = token.substr(0, token.rfind('.'));
  CHECK(verdict(unsigned_part) == errc::token_invalid);
  CHECK(verdict(unsigned_part + ".") == errc::token_invalid);
}

TEST_CASE("an unknown, missing or strange key id is refused") {
  const auto stranger = make_keys(2);
  CHECK(verdict(*token_codec(stranger, as_issuer).sign(claims_of()))
        == errc::token_invalid);
  for (const char* header : {R"({"alg":"HS256"})", R"({"alg":"HS256","kid":7})",
                             R"({"alg":"HS256","kid":"nobody"})", "[]", "7", "{", ""})
    CHECK_MESSAGE(verdict(forge(header, payload())) == errc::token_invalid, header);
}

TEST_CASE("a header with critical extensions is refused, other spellings are read") {
  const auto kid = R"("kid":")" + token_keys->current_id() + "\"";
  CHECK(verdict(forge("{\"alg\":\"HS256\",\"crit\":[\"x\"]," + kid + "}", payload()))
        == errc::token_invalid);
  const auto respelt = forge("{ " + kid + " , \"alg\":\"HS256\" }", payload());
  CHECK(default_codec.verify(respelt, token_kind::access, issue_time).ok());
}

TEST_CASE("after a rotation both keys verify and the new one signs") {
  seeded_random random(3);
  const auto rotated = std::make_shared<const keyring>(token_keys->rotated(random));
  const token_codec next(rotated, as_issuer);
  const auto old_token = *default_codec.sign(claims_of());
  const auto new_token = *next.sign(claims_of());
  CHECK(next.verify(old_token, token_kind::access, issue_time).ok());
  CHECK(next.verify(new_token, token_kind::access, issue_time).ok());
  CHECK(verdict(new_token) == errc::token_invalid);
}

TEST_CASE("a right signature under the id of another key is refused") {
  seeded_random random(3);
  const auto rotated = std::make_shared<const keyring>(token_keys->rotated(random));
  const auto header = R"({"alg":"HS256","kid":")" + rotated->current_id() + "\"}";
  CHECK(code_of(token_codec(rotated, as_issuer)
                    .verify(forge(header, payload()), token_kind::access, issue_time))
        == errc::token_invalid);
}

TEST_CASE("any change of one character, cut or addition is refused") {
  const auto token = *default_codec.sign(claims_of());
  CHECK(rc::check("change", [&] {
    auto changed = token;
    const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    const auto c = *rc::gen::arbitrary<char>();
    RC_PRE(changed[at] != c);
    changed[at] = c;
    RC_ASSERT(verdict(changed) == errc::token_invalid);
    RC_ASSERT(verdict(token.substr(0, at)) == errc::token_invalid);
    RC_ASSERT(verdict(token + c) == errc::token_invalid);
  }));
}

TEST_CASE("the last character has stray bits, and only its canonical form is accepted") {
  const auto token = *default_codec.sign(claims_of());
  const std::string alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (char c : alphabet)
    accepted += default_codec
                        .verify(token.substr(0, token.size() - 1) + c, token_kind::access,
                                issue_time)
                        .ok()
                    ? 1
                    : 0;
  CHECK(accepted == 1);
  CHECK(verdict(token + "=") == errc::token_invalid);
}

TEST_CASE("what is not shaped like a token is refused") {
  for (const char* text : {"", "null", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d",
                           "Bearer x", "eyJhbGciOiJIUzI1NiJ9..", "😀.😀.😀"})
    CHECK_MESSAGE(verdict(text) == errc::token_invalid, text);
  CHECK(rc::check("bytes", [](const std::string& bytes) {
    RC_ASSERT(verdict(bytes) == errc::token_invalid);
  }));
}

TEST_CASE("a token over 4 KiB is refused before anything is parsed") {
  const auto big =
      forge(good_header(), payload({{"x", "\"" + std::string(4'000, 'x') + "\""}}));
  REQUIRE(big.size() > token_codec::max_token_bytes);
  const auto refused = default_codec.verify(big, token_kind::access, issue_time);
  CHECK(code_of(refused) == errc::token_invalid);
  CHECK(refused.error().detail == "too long");
  // NOLINTNEXTLINE(bugprone-string-constructor): as long as that is meant
  CHECK(verdict(std::string(10'000'000, 'a')) == errc::token_invalid);
}

TEST_CASE("claims that are missing, of another type or absurd are refused") {
  for (const char* name : {"uid", "exp", "nbf", "iat", "ssid", "jti", "kind", "iss"})
    for (const char* value :
         {"", "null", "true", "-1", "0", "1.5", "1e300", "\"\"", "[]", "{}",
          "9223372036854775807", "9223372036854775808", "99999999999999999999999999",
          "-9223372036854775809", "9007199254740992"}) {
      CAPTURE(name);
      CAPTURE(value);
      CHECK(verdict(forge(good_header(), payload({{name, value}})))
            == errc::token_invalid);
    }
  for (const char* text :
       {"", "null", "[]", "7", "{", "\"x\"", "{}", "{}{}", "{\"uid\":42,}"})
    CHECK_MESSAGE(verdict(forge(good_header(), text)) == errc::token_invalid, text);
}

TEST_CASE("claims out of range are not signed") {
  const auto refused = [](auto change) {
    auto claims = claims_of();
    change(claims);
    const auto token = default_codec.sign(claims);
    return !token.ok() && token.error().code == errc::internal;
  };
  CHECK(refused([](token_claims& c) { c.user_id = 0; }));
  CHECK(refused([](token_claims& c) { c.user_id = std::int64_t{1} << 53; }));
  CHECK(refused([](token_claims& c) { c.family.clear(); }));
  CHECK(refused([](token_claims& c) { c.id = std::string(129, 'x'); }));
  CHECK(refused([](token_claims& c) { c.id = std::string("a\0b", 3); }));
  CHECK(refused([](token_claims& c) { c.expires_at = c.not_before; }));
  CHECK(refused([](token_claims& c) { c.issued_at = {}; }));
}

TEST_CASE("no refusal holds the token") {
  const auto token = *default_codec.sign(claims_of());
  for (const auto& refused :
       {default_codec.verify(token, token_kind::refresh, issue_time),
        default_codec.verify(token, token_kind::access, issue_time + 24h),
        default_codec.verify(token + "x", token_kind::access, issue_time)}) {
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find(token.substr(0, 10)) == std::string::npos);
  }
}

} // namespace tinybook
