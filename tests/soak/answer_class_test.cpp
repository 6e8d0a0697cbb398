#include "tests/soak/answer_class.hpp"

#include <doctest/doctest.h>

namespace tinybook::soak {

TEST_CASE("a 503 is declared only with a known code and a time to come back") {
  CHECK(classify({503, "unavailable", true}) == answer_class::declared);
  CHECK(classify({503, "overloaded", true}) == answer_class::declared);
  CHECK(classify({503, "unavailable", false}) == answer_class::fault);
  CHECK(classify({503, "", true}) == answer_class::fault);
  CHECK(classify({503, "internal", true}) == answer_class::fault);
}

TEST_CASE("every other 5xx is a fault") {
  for (const int status : {500, 502, 504})
    CHECK(classify({status, "unavailable", true}) == answer_class::fault);
}

TEST_CASE("a 4xx is right only where it was asked for") {
  CHECK(classify({404, "article_not_found"}, {"article_not_found"})
        == answer_class::expected);
  CHECK(classify({404, "no_such_path"}, {"article_not_found"}) == answer_class::fault);
  CHECK(classify({401, "token_revoked"}) == answer_class::fault);
}

TEST_CASE("a 429 names a time to come back") {
  CHECK(classify({429, "rate_limited", true}) == answer_class::limited);
  CHECK(classify({429, "rate_limited", false}) == answer_class::fault);
}

TEST_CASE("only a replica that was killed may leave a request without an answer") {
  CHECK(classify({.status = 0, .replica_killed = true}) == answer_class::broken_by_kill);
  CHECK(classify({.status = 0, .replica_killed = false}) == answer_class::fault);
  CHECK(classify({.status = 504, .error = "deadline_exceeded", .replica_killed = true})
        == answer_class::fault);
  CHECK(classify({200}) == answer_class::ok);
}

} // namespace tinybook::soak
