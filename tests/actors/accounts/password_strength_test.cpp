#include "actors/accounts/password_strength.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook {

namespace {

std::optional<field_rule> judged(const std::string& password, std::size_t min_score = 2,
                                 std::string_view email = "alice.smith@example.org",
                                 std::string_view nickname = "Wanderer") {
  return too_guessable(password, {min_score, own_words(email, nickname)});
}

} // namespace

TEST_CASE("what a guesser tries first is refused, with what it is made of") {
  for (const auto* common : {"password", "Password1", "P@ssw0rd!", "iloveyou2",
                             "qwertyuiop", "12345678", "drowssap"})
    CHECK_MESSAGE(judged(common) == field_rule::common_words, common);
  for (const auto* own : {"alicesmith", "Alice.Smith", "wanderer2024", "w@nd3r3r",
                          "alice.smith@example.org"})
    CHECK_MESSAGE(judged(own) == field_rule::own_words, own);
  for (const auto* run : {"abcabcabcabc", "31.12.1990", "98765432"})
    CHECK_MESSAGE(judged(run) == field_rule::predictable, run);
}

TEST_CASE("words that have nothing to do with one another pass, whatever their case") {
  for (const auto* good : {"correct horse battery", "tulip gearbox", "Tr0ub4dor&3",
                           "mY wOrDs arE mInE", "我的密码是很长的", "x7!kQ2p#"})
    CHECK_MESSAGE(judged(good) == std::nullopt, good);
  CHECK(judged("gearbox.tulip", 2, "gearbox.tulip@example.org") == field_rule::own_words);
  CHECK(judged("gearbox.tulip") == std::nullopt);
}

TEST_CASE("a higher score refuses more, and none accepts all") {
  CHECK(judged("password", 0) == std::nullopt);
  CHECK(judged("correct horse", 3) == std::nullopt);
  CHECK(judged("correct horse", 4) == field_rule::common_words);
  CHECK(judged("correct horse battery staple", 4) == std::nullopt);
}

TEST_CASE("any text is judged, and what a lower score refuses a higher one does, too") {
  const auto name = rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
  CHECK(rc::check("monotone", [&](const std::string& password) {
    const auto email = *name;
    const auto nickname = *name;
    bool refused = false;
    for (std::size_t score = 0; score <= 4; ++score) {
      const bool now = judged(password, score, email, nickname).has_value();
      RC_ASSERT(now || !refused);
      refused = now;
    }
  }));
  // Longer than what is looked at.
  CHECK(judged(std::string(1024, 'a')).has_value());
}

TEST_CASE("the words of a person are their names and the parts of them") {
  CHECK(own_words("alice.smith@mail.example.org", "Ann of K")
        == std::vector<std::string>{"alice.smith@mail.example.org", "alice", "smith",
                                    "mail", "example", "org", "alice.smith", "ann of k",
                                    "ann"});
  CHECK(own_words("", "").empty());
}

} // namespace tinybook
