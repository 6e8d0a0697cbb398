#include "tests/storage/conformance/author_totals_property.hpp"
#include "tests/storage/conformance/like_property.hpp"
#include "tests/storage/conformance/provider_states_property.hpp"
#include "tests/storage/conformance/sms_outbox_property.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

TEST_CASE("PostgreSQL's outbox behaves as the naive model") {
  sms_outbox_property(make_postgres);
}

TEST_CASE("PostgreSQL's likes behave as sets") {
  like_property(make_postgres);
}

TEST_CASE("PostgreSQL's shared circuits behave as the naive model") {
  provider_states_property(make_postgres);
}

TEST_CASE("PostgreSQL bounds what an author has as the naive model") {
  author_totals_property(make_postgres);
}

} // namespace tinybook::test
