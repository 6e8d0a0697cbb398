#include "tests/storage/conformance/session_store_conformance.hpp"
#include "tests/storage/conformance/user_store_conformance.hpp"
#include "tests/storage/sqlite/fixture.hpp"

#include <doctest/doctest.h>

using namespace tinybook;
using namespace tinybook::test;

TEST_CASE("SQLite keeps accounts as the interface says") {
  user_store_conformance(make_sqlite);
}

TEST_CASE("SQLite keeps sessions as the interface says") {
  session_store_conformance(make_sqlite);
}
