#include "tests/storage/conformance/like_property.hpp"
#include "tests/storage/conformance/provider_states_property.hpp"
#include "tests/storage/conformance/sms_outbox_property.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

TEST_CASE("PostgreSQL's outbox is the naive model's equal") {
  sms_outbox_property(make_postgres);
}

TEST_CASE("PostgreSQL's likes are sets") {
  like_property(make_postgres);
}

TEST_CASE("PostgreSQL's shared circuits are the naive model's equal") {
  provider_states_property(make_postgres);
}

} // namespace tinybook::test
