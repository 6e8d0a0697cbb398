#include "tests/blackbox/fixture.hpp"

#include <sqlite3.h>

#include <csignal>
#include <memory>
#include <string>

namespace tinybook::test {

namespace {

void run_sql(const std::filesystem::path& folder, const char* sql) {
  sqlite3* raw = nullptr;
  const auto file = (folder / "tinybook.db").string();
  REQUIRE(sqlite3_open(file.c_str(), &raw) == SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db{raw, &sqlite3_close};
  REQUIRE(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

} // namespace

TEST_CASE("an upgrade brings stored phones to their one form and tells who lost one") {
  running_server server;
  auto here = server.browser();
  REQUIRE(here.send_code("+54 9 11 2345 6789").status == 200);
  REQUIRE(here.log_in_by_code("+5491123456789", server.code_for("+5491123456789")).status
          == 200);
  server.process->signal(SIGTERM);
  REQUIRE(server.process->wait_exit() == 0);
  run_sql(server.folder.path(),
          "UPDATE users SET phone = '+541123456789', nickname = 'elder',"
          " created_at = 1;"
          "INSERT INTO users (phone, email, created_at)"
          " VALUES ('+5491123456789', 'b@example.org', 2);"
          "DELETE FROM verified_phones; DELETE FROM code_states;"
          "DROP TABLE sms_early_receipts;"
          "DROP TABLE kept_answers;"
          "DROP TABLE audit_events;"
          "DROP TABLE erased_users;"
          "DROP TABLE taken_down_articles;"
          "DROP TABLE hidden_articles;"
          "DROP INDEX likes_by_user;"
          "DROP INDEX users_leaving;"
          "DROP INDEX sms_messages_by_phone;"
          "DROP INDEX sms_messages_by_account;"
          "ALTER TABLE sms_messages DROP COLUMN account_id;"
          "ALTER TABLE users DROP COLUMN banned_at;"
          "ALTER TABLE users DROP COLUMN leaves_at;"
          "ALTER TABLE users DROP COLUMN erasing;"
          "ALTER TABLE session_families DROP COLUMN proved_at;"
          "ALTER TABLE session_families DROP COLUMN shown_at;"
          "ALTER TABLE session_families DROP COLUMN created_at;"
          "ALTER TABLE session_families DROP COLUMN device;"
          "ALTER TABLE session_families DROP COLUMN network;"
          "ALTER TABLE users DROP COLUMN device_epoch;"
          "DROP TABLE author_totals;"
          "DROP INDEX session_families_living;"
          "ALTER TABLE sms_messages DROP COLUMN code_hash;"
          "ALTER TABLE sms_messages DROP COLUMN code_key_id;"
          "ALTER TABLE sms_messages DROP COLUMN code_asker;"
          "DROP INDEX sms_messages_entered;"
          "ALTER TABLE sms_messages DROP COLUMN entered_by;"
          "DELETE FROM schema_migrations WHERE number >= 3;");
  server.start();
  CHECK(
      server.process->wait_output("phones_spelled_anew", std::chrono::seconds{10}, true));
  CHECK(server.process->wait_output("phone_of_two_accounts", std::chrono::seconds{10},
                                    true));
  CHECK_FALSE(says(server.process->standard_error(), "1123456789"));
  auto elsewhere = server.browser();
  REQUIRE(elsewhere.send_code("+54 11 2345 6789").status == 200);
  REQUIRE(
      elsewhere.log_in_by_code("+54 11 15 2345 6789", server.code_for("+5491123456789"))
          .status
      == 200);
  CHECK(elsewhere.get("/users/profile").body["Nickname"] == "elder");
}

} // namespace tinybook::test
