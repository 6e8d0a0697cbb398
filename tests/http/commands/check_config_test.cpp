#include "config/loader.hpp"
#include "http/commands/commands.hpp"
#include "tests/support/own_certificate.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace tinybook::test {

using config::exit_code;

TEST_CASE(
    "--check-config says that a good configuration is good, and what is warned of") {
  config::check_task task{config::defaults()};
  task.of.warnings = {"http.port: odd"};
  const auto end = http::do_task(task);
  CHECK(end.code == exit_code::ok);
  CHECK(end.output == "the configuration is valid\n");
  CHECK(end.errors == "warning: http.port: odd\n");
}

TEST_CASE("--check-config looks into files of certificates, as a start does") {
  const temporary_folder folder;
  const own_certificate good{"IP:127.0.0.1"};
  config::check_task task{config::defaults()};
  task.of.events.bus = config::bus_kind::kafka;
  auto& file = task.of.kafka.ca_file;
  file = (folder.path() / "ca.pem").string();
  std::ofstream{file} << "no certificate";
  const auto end = http::do_task(task);
  CHECK(end.code == exit_code::bad_usage);
  CHECK(end.output.empty());
  CHECK_MESSAGE(end.errors.starts_with("kafka.ca_file: " + file), end.errors);
  file = good.file();
  CHECK(http::do_task(task).code == exit_code::ok);
}

} // namespace tinybook::test
