#include "tests/storage/conformance/article_store_conformance.hpp"
#include "tests/storage/conformance/audit_conformance.hpp"
#include "tests/storage/conformance/code_store_conformance.hpp"
#include "tests/storage/conformance/code_use_conformance.hpp"
#include "tests/storage/conformance/deletion_conformance.hpp"
#include "tests/storage/conformance/like_conformance.hpp"
#include "tests/storage/conformance/moderation_conformance.hpp"
#include "tests/storage/conformance/own_data_conformance.hpp"
#include "tests/storage/conformance/phone_store_conformance.hpp"
#include "tests/storage/conformance/provider_states_conformance.hpp"
#include "tests/storage/conformance/restored_backup_conformance.hpp"
#include "tests/storage/conformance/session_store_conformance.hpp"
#include "tests/storage/conformance/sms_archive_conformance.hpp"
#include "tests/storage/conformance/sms_outbox_conformance.hpp"
#include "tests/storage/conformance/sms_outbox_ends_conformance.hpp"
#include "tests/storage/conformance/sms_receipts_conformance.hpp"
#include "tests/storage/conformance/user_phone_conformance.hpp"
#include "tests/storage/conformance/user_store_conformance.hpp"
#include "tests/storage/conformance/write_batch_conformance.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

TEST_CASE("PostgreSQL keeps accounts as the interface says") {
  user_store_conformance(make_postgres);
}

TEST_CASE("PostgreSQL binds phones and sets passwords as the interface says") {
  user_phone_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps verified phones and their shares as the interface says") {
  phone_store_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps sessions as the interface says") {
  session_store_conformance(make_postgres);
}

TEST_CASE("PostgreSQL bans and takes down as the interface says") {
  moderation_conformance(make_postgres);
}

TEST_CASE("PostgreSQL deletes accounts as the interface says") {
  deletion_conformance(make_postgres);
}

TEST_CASE("PostgreSQL exports and erases every column that tells of a person") {
  own_data_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps the audit trail as the interface says") {
  audit_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps the outbox as the interface says") {
  sms_outbox_conformance(make_postgres);
}

TEST_CASE("PostgreSQL ends messages as the interface says") {
  sms_outbox_ends_conformance(make_postgres);
}

TEST_CASE("PostgreSQL lists and redrives messages as the interface says") {
  sms_archive_conformance(make_postgres);
}

TEST_CASE("PostgreSQL joins reports to messages as the interface says") {
  sms_receipts_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps circuits as the interface says") {
  provider_states_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps states of codes as the interface says") {
  code_store_conformance(make_postgres);
}

TEST_CASE("PostgreSQL uses a code up in the transaction of what it was for") {
  code_use_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps articles as the interface says") {
  article_store_conformance(make_postgres);
}

TEST_CASE("PostgreSQL keeps likes and their events as the interface says") {
  like_conformance(make_postgres);
}

TEST_CASE("PostgreSQL commits groups as the interface says") {
  write_batch_conformance(make_postgres);
}

TEST_CASE("PostgreSQL is made ready behind a backup as the interface says") {
  restored_backup_conformance(make_postgres);
}

} // namespace tinybook::test
