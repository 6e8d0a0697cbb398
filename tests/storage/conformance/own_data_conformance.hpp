#pragma once

#include "storage/own_data.hpp"
#include "storage/phone_store.hpp"
#include "storage/sms_outbox.hpp"
#include "tests/storage/conformance/account_client.hpp"
#include "tests/storage/conformance/article_samples.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/conformance/test_sql.hpp"
#include "tests/support/person_columns.hpp"

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tinybook::test {

/// A database in which every column of a person (`person_columns`) names Ann.
class own_data_world {
 public:
  explicit own_data_world(const make_fixture& make) : fixture_(make()) { fill(); }

  /// Every column, as `table.column`.
  std::vector<std::string> columns() {
    return ask(R"sql(
/* not sqlite */ SELECT table_name || '.' || column_name
FROM information_schema.columns WHERE table_schema = 'public' /* end */
/* sqlite: SELECT t.name || '.' || c.name FROM sqlite_schema t,
  pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' */)sql");
  }

  /// Those that tell of a person.
  std::set<std::string> of_persons() {
    std::set<std::string> out;
    for (auto& column : columns())
      if (names_a_person(column))
        out.insert(column);
    for (auto& column : ask(R"sql(
/* not sqlite */ SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'f' AND c.confrelid = to_regclass('users') /* end */
/* sqlite: SELECT t.name || '.' || f."from" FROM sqlite_schema t,
  pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f."table" = 'users' */)sql"))
      out.insert(column);
    return out;
  }

  /// Those of `from` that hold Ann's id.
  std::set<std::string> with_her_id(const std::set<std::string>& from) {
    std::set<std::string> out;
    for (const auto& column : from)
      if (holds(column, " = '" + std::to_string(ann) + "'"))
        out.insert(column);
    return out;
  }

  /// Those that hold one of her texts, within others or not.
  std::set<std::string> with_her_texts() {
    std::set<std::string> out;
    for (const auto& column : columns())
      for (const auto* text : texts)
        if (holds(column, " LIKE '%" + std::string{text} + "%'"))
          out.insert(column);
    return out;
  }

  storage::connection& db() { return *db_; }

  static constexpr std::array texts{
      "ann@example.org", "13800138000",    "13900139000", "Annie",
      "Browser of Ann",  "203.0.113.0/24", "203.0.113.7", "secret of Ann",
      "words about Ann", "2000-01-02",     "Title of Ann"};
  user_id ann = 0;

  std::vector<std::string> ask(std::string sql) {
    said_.push_back(std::move(sql));
    return must(*db_, test_sql{said_.back().c_str()});
  }

 private:
  bool holds(const std::string& column, const std::string& what) {
    const auto dot = column.find('.');
    return ask("SELECT 1 FROM " + column.substr(0, dot) + " WHERE "
               + column.substr(dot + 1) + "::text" + what + " LIMIT 1")
               .size()
           == 1;
  }

  void fill() {
    using namespace storage;
    const std::string phone = "+8613800138000";
    ann = must(*db_,
               claim_phone_account{phone, some_day, {"203.0.113.0/24", "Browser of Ann"}})
              .id;
    must(*db_, edit_user{.id = ann,
                         .nickname = "Annie",
                         .birthday = "2000-01-02",
                         .about_me = "words about Ann",
                         .now = some_day});
    // Its id is far from what other numbers there are.
    const auto bob = new_user(*db_, "bob@example.org");
    account_client accounts{*db_};
    auto session = accounts.opening(ann, "family of Ann");
    session.family.device = "Browser of Ann";
    session.family.network = "203.0.113.0/24";
    must(*db_, session);
    article_client articles{*db_};
    const article_bounds bounds{.articles = 10};
    const auto save = [&](auto command) {
      command.bounds = bounds;
      return must(*db_, command).id;
    };
    const auto text = articles.text(ann, "Title of Ann");
    save(save_draft{text, some_day});
    save(publish_article{text, some_day});
    const auto hidden = save(publish_article{text, some_day});
    must(*db_, take_article_down{hidden, some_day});
    const auto theirs = articles.publish(bob, "theirs");
    articles.like(theirs, ann);
    must(*db_, collect_article{theirs, ann, 3, some_day});
    auto message = sample_message(phone, some_day);
    message.client_address = "203.0.113.7";
    const auto sent = must(*db_, submit_message{message, {}}).id;
    message.phone = "+8613900139000";
    message.account = ann;
    must(*db_, submit_message{message, {}});
    const auto of_message = std::to_string(sent);
    ask("UPDATE users SET email = 'ann@example.org', password_hash = 'secret of Ann' "
        "WHERE phone = '+8613800138000'");
    ask("INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text, "
        "started_at, took_ms) VALUES ("
        + of_message + ", 'p', 'failed', '', 'no +8613800138000', 1, 2)");
    ask("INSERT INTO sms_receipts (message_id, provider, provider_message_id, delivered, "
        "provider_code, text, received_at) VALUES ("
        + of_message + ", 'p', 'm', true, '', 'to +8613800138000', 1)");
    for (const auto* phones : {"'of the number', 'm', '', '+8613800138000', ''",
                               "'of the domestic number', 'm', '', '', '+8613800138000'"})
      ask("INSERT INTO sms_early_receipts (provider, provider_message_id, client_ref, "
          "phone, domestic_phone, delivered, provider_code, text, received_at) VALUES ("
          + std::string{phones} + ", false, '', '', 1)");
    ask("INSERT INTO code_states VALUES ('+8613800138000', 'login', '', 1, 2, 3, 4)");
    ask("INSERT INTO kept_answers VALUES (" + std::to_string(ann) + ", 'h', 'r', 1, 1)");
  }

  std::unique_ptr<database_fixture> fixture_;
  std::deque<std::string> said_;
  std::unique_ptr<storage::connection> db_ = fixture_->writer();
};

/// For a comparison that shows what it has compared.
inline std::string joined(const std::set<std::string>& columns) {
  std::string out;
  for (const auto& one : columns)
    out += one + '\n';
  return out;
}

/// Made from the schema: a column that nobody has thought of fails it.
inline void own_data_conformance(const make_fixture& make) {
  using namespace storage;
  own_data_world w{make};
  auto& db = w.db();
  const auto of_persons = w.of_persons();
  std::set<std::string> known;
  std::map<person_value, std::set<std::string>> holding;
  for (const auto& one : person_columns) {
    known.emplace(one.column);
    holding[one.value].emplace(one.column);
  }
  const auto& lasting = holding[person_value::lasting_id];
  auto ids = holding[person_value::id];
  ids.insert(lasting.begin(), lasting.end());

  SUBCASE("the export and the erasure know every column that tells of a person") {
    CHECK(joined(of_persons) == joined(known));
  }
  SUBCASE("an erasure leaves nothing of a person in any column, but for known ids") {
    CHECK(joined(w.with_her_id(ids)) == joined(ids)); // Or it would say nothing.
    const auto texts = w.with_her_texts();
    for (const auto& column : holding[person_value::text])
      CHECK_MESSAGE(texts.contains(column), column);
    account_client accounts{db};
    must(db, accounts.deletion(w.ann, "family of Ann", some_day));
    accounts.erase(w.ann, some_day, 1);
    CHECK(joined(w.with_her_id(ids)) == joined(lasting));
    CHECK(joined(w.with_her_texts()) == "");
  }
  SUBCASE("messages stay with who had the phone when they were sent") {
    using std::chrono::minutes;
    w.ask("UPDATE sms_messages SET state = 2");
    const std::string phone = "+8613800138000";
    const std::string next = "+8613700137000";
    must(db, bind_phone{.id = w.ann,
                        .phone = next,
                        .replaces = phone,
                        .proof = {"family of Ann", some_day},
                        .now = some_day + minutes{1}});
    const auto bob = must(db, claim_phone_account{phone, some_day + minutes{5}, {}}).id;
    CHECK(must(db, list_own_messages{bob, 0, 10}).empty());
    const auto hers = must(db, list_own_messages{w.ann, 0, 10});
    REQUIRE(hers.size() == 2);
    CHECK(hers[0].phone == phone);
    account_client accounts{db};
    must(db, accounts.deletion(w.ann, "family of Ann", some_day));
    accounts.erase(w.ann, some_day, 1);
    CHECK(w.ask("SELECT 1 FROM sms_messages").empty());
    // Of the new owner alone: Ann's went with her binding another.
    CHECK(w.ask("SELECT 1 FROM verified_phones WHERE phone = '" + next + "'").empty());
  }
  SUBCASE("the export reads sessions, messages and what is kept for a while") {
    const auto sessions = must(db, list_own_sessions{w.ann, "", 10});
    REQUIRE(sessions.size() == 1);
    CHECK(sessions[0].device == "Browser of Ann");
    CHECK(sessions[0].network == "203.0.113.0/24");
    CHECK(sessions[0].proved_at == some_day);
    CHECK(sessions[0].ended_at == wall_time{});
    CHECK(must(db, list_own_sessions{w.ann, sessions[0].id, 10}).empty());
    must(db, revoke_family{"family of Ann", some_day});
    CHECK(must(db, list_own_sessions{w.ann, "", 10})[0].ended_at == some_day);

    const auto messages = must(db, list_own_messages{w.ann, 0, 10});
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].phone == "+8613800138000");
    CHECK(messages[0].client_address == "203.0.113.7");
    CHECK(messages[0].tries == 1);
    CHECK(messages[0].reports == 1);
    CHECK(messages[1].phone == "+8613900139000");
    CHECK(messages[1].tries == 0);
    CHECK(must(db, list_own_messages{w.ann, 0, 1}).size() == 1);
    CHECK(must(db, list_own_messages{w.ann, messages[0].id, 10}).size() == 1);

    std::vector<std::string> traces;
    for (const auto& one : must(db, list_own_traces{w.ann}))
      traces.push_back(std::to_string(static_cast<int>(one.what)) + one.about);
    CHECK(traces
          == std::vector<std::string>{"1", "2login", "3of the domestic number",
                                      "3of the number", "41"});
    CHECK(must(db, list_own_traces{w.ann + 1}).empty());
  }
}

} // namespace tinybook::test
