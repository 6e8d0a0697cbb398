#include "config/loader.hpp"
#include "storage/postgres/conninfo.hpp"
#include "tests/support/own_certificate.hpp"
#include "tests/support/postgres_server.hpp"

#include <doctest/doctest.h>
#include <pqxx/pqxx>

namespace tinybook::test {

namespace {

config::postgres_settings client_of(const postgres_server& server, const char* mode,
                                    const std::string& ca_file = {}) {
  auto out = config::defaults().postgres;
  out.url = server.url();
  out.sslmode = mode;
  out.ca_file = ca_file;
  return out;
}

/// `t` or `f`; what went wrong where there is no connection.
std::string is_encrypted(const config::postgres_settings& settings) {
  const auto made = storage::postgres::make_conninfo(settings, "one");
  REQUIRE(made.ok());
  try {
    pqxx::connection connection{*made};
    pqxx::nontransaction query{connection};
    return query.exec1("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0]
        .c_str();
  } catch (const pqxx::broken_connection& e) {
    return e.what();
  }
}

bool tells(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE(
    "PostgreSQL is spoken to by TLS where that is asked for, and to no other server") {
  const own_certificate certificate{"IP:127.0.0.1"};
  const postgres_server server{
      {.certificate = certificate.file(), .key = certificate.key_file()}};
  CHECK(is_encrypted(client_of(server, "verify-full", certificate.file())) == "t");
  CHECK(is_encrypted(client_of(server, "require")) == "t");
  CHECK(is_encrypted(client_of(server, "disable")) == "f");
  const own_certificate of_another{"IP:127.0.0.1"};
  CHECK(tells(is_encrypted(client_of(server, "verify-full", of_another.file())),
              "certificate verify failed"));
  const own_certificate other_name{"IP:192.0.2.1"};
  const postgres_server elsewhere{
      {.certificate = other_name.file(), .key = other_name.key_file()}};
  CHECK(tells(is_encrypted(client_of(elsewhere, "verify-full", other_name.file())),
              "does not match host name"));
  const postgres_server plain;
  CHECK(tells(is_encrypted(client_of(plain, "require")), "does not support SSL"));
}

} // namespace tinybook::test
