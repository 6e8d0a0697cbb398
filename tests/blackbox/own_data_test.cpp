#include "tests/blackbox/fixture.hpp"
#include "tests/support/person_columns.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace tinybook::test {

using nlohmann::json;

namespace {

/// Puts a row of the account that the nickname names into each table that has none of it.
constexpr auto person_rows = R"sql(
UPDATE users SET phone = '+8613800138000', birthday = '2000-01-02', about_me = 'words about Ann'
  WHERE nickname = 'Annie';
UPDATE session_families SET device = 'Browser of Ann', network = '203.0.113.0/24';
UPDATE audit_events SET device = 'Browser of Ann', network = '203.0.113.0/24';
INSERT INTO verified_phones VALUES ('+8613800138000', 1, 2);
INSERT INTO hidden_articles (id, author_id, title, abstract, created_at, updated_at,
  content) SELECT id, author_id, title, abstract, created_at, updated_at, content
  FROM published_articles WHERE id = (SELECT max(id) FROM published_articles);
DELETE FROM published_articles WHERE id = (SELECT max(id) FROM published_articles);
INSERT INTO sms_messages (phone, country_prefix, client_address, purpose, template_name,
  sealed_parameters, key_id, code_id, priority, created_at, run_at, expires_at, state,
  progress, client_ref, provider, account_id)
  SELECT '+8613800138000', '+86', '203.0.113.7', 'login', 't', x'', 'k', 1, 0,
    4000000000000, 1, 2, 2,
    '', '', 'the last provider', 0
  UNION ALL SELECT '+8613900139000', '+86', '203.0.113.7', 'bind_phone', 't', x'', 'k', 2,
    0, 1, 1, 2, 2, '', '', '', id FROM users WHERE nickname = 'Annie';
INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text, started_at,
  took_ms) SELECT id, 'p', 'delivered', '', '', 1, 2 FROM sms_messages
  WHERE phone = '+8613800138000';
INSERT INTO sms_early_receipts (provider, provider_message_id, client_ref, phone,
  domestic_phone, delivered, provider_code, text, received_at) VALUES
  ('of the number', 'm', '', '+8613800138000', '', 0, '', '', 1),
  ('of the domestic number', 'm', '', '', '+8613800138000', 0, '', '', 1);
INSERT INTO code_states VALUES ('+8613800138000', 'login', '', 1, 2, 3, 4);
INSERT INTO kept_answers SELECT id, 'h', 'r', 1, 1 FROM users
  WHERE nickname = 'Annie';
)sql";

} // namespace

TEST_CASE_FIXTURE(running_server, "an export shows what every table holds of a person") {
  auto ann = person("ann");
  CHECK(ann.post("/users/edit", {{"nickname", "Annie"}}).status == 200);
  for (const auto* title : {"First of Ann", "Second of Ann"})
    CHECK(ann.post("/articles/publish", {{"title", title}, {"content", "c"}}).status
          == 200);
  const auto draft =
      ann.post("/articles/edit", {{"title", "Draft of Ann"}, {"content", "c"}}).data();
  REQUIRE(draft.is_number());
  CHECK(ann.post("/articles/like", {{"id", 1}, {"like", true}}).status == 200);
  CHECK(ann.post("/articles/collect", {{"id", 1}, {"cid", 3}}).status == 200);
  sqlite3* raw = nullptr;
  const auto file = (folder.path() / "tinybook.db").string();
  REQUIRE(sqlite3_open(file.c_str(), &raw) == SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db{raw, &sqlite3_close};
  sqlite3_busy_timeout(raw, 5000);
  REQUIRE_MESSAGE(sqlite3_exec(raw, person_rows, nullptr, nullptr, nullptr) == SQLITE_OK,
                  sqlite3_errmsg(raw));

  const auto all = ann.post("/users/export", json::object()).body;
  for (const auto& one : person_columns) {
    if (one.exported.empty())
      continue;
    CAPTURE(std::string{one.column});
    const auto shown = all.value(std::string{one.exported}, json{}).dump();
    CHECK_MESSAGE(says(shown, std::string{one.shows}), shown);
  }
  REQUIRE(all["messages"].size() == 2);
  CHECK(all["messages"][0]["tries"] == 1);
  CHECK(all["messages"][0]["provider"] == "the last provider");
  CHECK(all["messages"][0]["askedFrom"] == "203.0.113.0/24");
  CHECK(all["messages"][1]["purpose"] == "bind_phone");
  CHECK(all["traces"].size() == 5);
}

} // namespace tinybook::test
