#include "http/auth/session_checker.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::http {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::sys_seconds check_time{std::chrono::seconds{1'800'000'000}};

struct checker_world {
  seeded_random random{7};
  std::shared_ptr<const keyring> keys =
      std::make_shared<const keyring>(keyring::generate(random));
  std::shared_ptr<const token_codec> codec =
      std::make_shared<const token_codec>(keys, token_options{.issuer = "tinybook"});
  std::shared_ptr<revocations> revoked = std::make_shared<revocations>();
  session_checker checker{codec, revoked, random};

  std::string token(std::string family = "f", token_kind kind = token_kind::access) {
    return *codec->sign(
        {7, std::move(family), "id", kind, check_time, check_time, check_time + 900s});
  }
  errc code(std::string_view t, std::chrono::sys_seconds at = check_time) {
    auto r = checker.check(t, at);
    return r ? errc::none : r.error().code;
  }
};

} // namespace

TEST_CASE("a valid token is known, also the second time") {
  checker_world w;
  auto token = w.token();
  for (int i = 0; i < 2; ++i) {
    auto claims = w.checker.check(token, check_time);
    REQUIRE(claims);
    CHECK((*claims)->user_id == 7);
  }
}

TEST_CASE("the first showing of a token that came out of a refresh is told, once") {
  checker_world w;
  std::vector<std::int64_t> shown;
  const session_checker checker{w.codec, w.revoked, w.random,
                                [&](const token_claims& claims) {
                                  shown.push_back(claims.generation);
                                }};
  const auto token = [&](std::int64_t generation) {
    return *w.codec->sign({7, "f", "id", token_kind::access, check_time, check_time,
                           check_time + 900s, generation});
  };
  for (const auto generation : {0, 1, 2, 3, 3, 2})
    CHECK(checker.check(token(generation), check_time).ok());
  CHECK(shown == std::vector<std::int64_t>{2, 3});
  CHECK_FALSE(checker.check(token(4) + "x", check_time).ok());
  CHECK(shown.size() == 2);
}

TEST_CASE("a remembered token expires all the same") {
  checker_world w;
  auto token = w.token();
  CHECK(w.code(token) == errc::none);
  CHECK(w.code(token, check_time + 899s) == errc::none);
  CHECK(w.code(token, check_time + 900s) == errc::token_expired);
}

TEST_CASE("a revoked family is refused at once, remembered or not") {
  checker_world w;
  auto token = w.token("gone");
  CHECK(w.code(token) == errc::none);
  w.revoked->revoke("gone", wall_time{check_time} + 1h, check_time);
  CHECK(w.code(token) == errc::token_revoked);
  CHECK(w.code(w.token("other")) == errc::none);
}

TEST_CASE("tokens of another kind and tampered ones are invalid") {
  checker_world w;
  CHECK(w.code(w.token("f", token_kind::refresh)) == errc::token_invalid);
  CHECK(w.code("garbage") == errc::token_invalid);
  auto token = w.token();
  CHECK(w.code(token) == errc::none);
  for (std::size_t i = 0; i < token.size(); i += 7) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(w.code(changed) == errc::token_invalid);
  }
}

TEST_CASE("a token of who is banned is good where that is asked for alone") {
  checker_world w;
  const auto token = w.token("f", token_kind::banned);
  const auto also = [&](const std::string& shown, std::chrono::sys_seconds at) {
    return code_of(w.checker.check_also_banned(shown, at));
  };
  CHECK(also(token, check_time) == errc::none);
  CHECK((*w.checker.check_also_banned(token, check_time))->kind == token_kind::banned);
  CHECK(w.code(token) == errc::token_invalid);
  CHECK(also(token, check_time + 900s) == errc::token_expired);
  CHECK(also(w.token(), check_time) == errc::none);
  CHECK(also(w.token("f", token_kind::refresh), check_time) == errc::token_invalid);
  CHECK(w.checker.check_to_end(token).ok());
  w.revoked->revoke("f", wall_time{check_time} + 1h, check_time);
  CHECK(also(token, check_time) == errc::token_revoked);
}

TEST_CASE("expired revocations are forgotten, so memory stays bounded") {
  revocations all;
  wall_time start{check_time};
  for (int i = 0; i < 100'000; ++i)
    all.revoke("family" + std::to_string(i), start + i * 1ms + 100ms, start + i * 1ms);
  CHECK(all.size() < 64 * 130);
  CHECK(all.is_revoked("family99999"));
}

TEST_CASE("the header is a token, anonymous or malformed") {
  using kind = bearer::kind;
  CHECK(read_bearer("").what == kind::missing);
  CHECK(read_bearer("Bearer null").what == kind::missing);
  CHECK(read_bearer("Bearer abc").token == "abc");
  CHECK(read_bearer("bearer   abc ").token == "abc");
  for (const auto* bad : {"Bearer", "Bearer ", "Basic abc", "abc"})
    CHECK_MESSAGE(read_bearer(bad).what == kind::malformed, bad);
}

} // namespace tinybook::http
