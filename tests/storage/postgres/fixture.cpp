#include "tests/storage/postgres/fixture.hpp"

#include <pqxx/pqxx>

namespace tinybook::test {

namespace {

constexpr auto delete_all = R"sql(
DELETE FROM sms_early_receipts; DELETE FROM sms_receipts; DELETE FROM sms_attempts;
DELETE FROM sms_messages; DELETE FROM kept_answers;
DELETE FROM article_events; DELETE FROM likes; DELETE FROM collections;
DELETE FROM like_days; DELETE FROM article_stats; DELETE FROM published_articles;
DELETE FROM hidden_articles; DELETE FROM taken_down_articles;
DELETE FROM articles; DELETE FROM author_totals;
DELETE FROM session_families; DELETE FROM users;
DELETE FROM erased_users; DELETE FROM audit_events;
DELETE FROM verified_phones; DELETE FROM code_states; DELETE FROM provider_states;
DELETE FROM probe_leases; DELETE FROM replicas)sql";

} // namespace

void postgres_fixture::empty() {
  static const bool made = [] {
    shared_postgres().create_database("conformance");
    auto database = open_postgres(postgres_at(shared_postgres().url("conformance")));
    REQUIRE((*database->open_writer())->ping().ok());
    return true;
  }();
  REQUIRE(made);
  static pqxx::connection cleaner(shared_postgres().url("conformance"));
  pqxx::work work(cleaner);
  work.exec(delete_all);
  work.commit();
}

std::string new_postgres_database() {
  static int count = 0;
  auto name = "database_" + std::to_string(++count);
  shared_postgres().create_database(name);
  return name;
}

} // namespace tinybook::test
