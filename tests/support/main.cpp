#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/support/budgets.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  // RapidCheck takes its settings from the environment alone.
  const auto cases =
      "max_success=" + std::to_string(tinybook::test::budgets::property_cases.amount());
  ::setenv("RC_PARAMS", cases.c_str(), 0); // NOLINT(concurrency-mt-unsafe): no thread yet
  return doctest::Context{argc, argv}.run();
}
