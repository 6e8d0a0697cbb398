#pragma once

#include "storage/phone_store.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/sms_archive.hpp"
#include "tests/storage/conformance/fixture.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// A database from before phones and e-mails had a canonical form, with rows in it.
class older_database {
 public:
  virtual ~older_database() = default;
  /// As the program opens it: upgraded before the first command.
  [[nodiscard]] virtual std::unique_ptr<storage::database>
  open(storage::row_rewrites rewrites) = 0;
  /// The only value of a query.
  [[nodiscard]] virtual std::string query(const std::string& sql) = 0;
};

/// `+541…` is `+5491…`, all other phones are canonical.
inline std::string with_mobile_token(const std::string& phone) {
  return phone.starts_with("+541") ? "+549" + phone.substr(3) : phone;
}

/// The rows of an `older_database`; `no_bytes` is its literal for an empty blob.
inline std::string rows_of_older_database(const std::string& no_bytes) {
  std::string messages;
  for (const auto* values :
       {"'+541111111111', 'login', 2", "'+541111111111', 'reset', 1",
        "'+5491111111111', 'login', 0", "'+8613800138000', 'login', 0"})
    messages += std::string{messages.empty() ? "" : ", "} + "(" + values
                + ", '+54', 'a', 'code', " + no_bytes
                + ", 'k1', 1, 0, 1, 1, 4102444800000, '', 'ref')";
  return R"sql(
INSERT INTO users (phone, email, created_at) VALUES
  ('+541111111111', NULL, 10),
  ('+541122222222', NULL, 10), ('+5491122222222', 'c@example.org', 20),
  ('+541133333333', 'd@example.org', 20), ('+5491133333333', NULL, 10),
  ('+541144444444', NULL, 10), ('+5491144444444', NULL, 20),
  ('+541155555555', NULL, 20), ('+5491155555555', NULL, 10),
  ('+8613800138000', NULL, 10),
  (NULL, 'ｂob@example.org', 10),
  (NULL, 'päul@example.org', 10), (NULL, 'päul@example.org', 20),
  (NULL, 'x@bücher.example', 10), (NULL, 'x@xn--bcher-kva.example', 5),
  ('+8613800138001', 'Änn@example.org', 20), (NULL, 'änn@example.org', 10),
  (NULL, 'no e-mail', 10), (NULL, 'plain@example.org', 10);
INSERT INTO verified_phones (phone, first_at, last_at) VALUES
  ('+541111111111', 5, 6), ('+5491111111111', 3, 4), ('+541122222222', 1, 2),
  ('+8613800138000', 1, 2);
INSERT INTO code_states
  (phone, purpose, codes, others_used, others_since, last_sent, matters_until) VALUES
  ('+541111111111', 'login', '[]', 1, 1, 1, 4102444800000),
  ('+5491111111111', 'login', '[]', 1, 1, 1, 4102444800000),
  ('+8613800138000', 'login', '[]', 1, 1, 1, 4102444800000);
INSERT INTO sms_messages (phone, purpose, state, country_prefix, client_address,
  template_name, sealed_parameters, key_id, code_id, priority, created_at, run_at,
  expires_at, progress, client_ref) VALUES )sql"
         + messages;
}

/// Checks the rows after the upgrade.
inline void check_rewritten(older_database& old, storage::connection& db) {
  using namespace storage;
  const auto phone_of = [&db](user_id id) {
    return must(db, find_user{id}).phone;
  };
  CHECK(phone_of(1) == "+5491111111111");
  // The older of two keeps it; the younger loses it, or without an e-mail keeps the old
  // spelling.
  CHECK(phone_of(2) == "+5491122222222");
  CHECK(phone_of(3).empty());
  CHECK(must(db, find_user_by_email{"c@example.org"}).id == 3);
  CHECK(phone_of(4).empty());
  CHECK(phone_of(5) == "+5491133333333");
  CHECK(phone_of(6) == "+5491144444444");
  CHECK(phone_of(7) == "+541144444444");
  CHECK(phone_of(8) == "+541155555555");
  CHECK(phone_of(9) == "+5491155555555");
  CHECK(phone_of(10) == "+8613800138000");

  const auto email_of = [&db](user_id id) {
    return must(db, find_user{id}).email;
  };
  CHECK(email_of(11) == "bob@example.org");
  CHECK(email_of(12) == "päul@example.org");
  CHECK(email_of(13) == "päul@example.org");
  CHECK(email_of(14) == "x@bücher.example");
  CHECK(email_of(15) == "x@xn--bcher-kva.example");
  CHECK(email_of(16).empty());
  CHECK(phone_of(16) == "+8613800138001");
  CHECK(email_of(17) == "änn@example.org");
  CHECK(email_of(18) == "no e-mail");
  CHECK(email_of(19) == "plain@example.org");

  CHECK(old.query("SELECT first_at * 10 + last_at FROM verified_phones"
                  " WHERE phone = '+5491111111111'")
        == "36");
  CHECK(must(db, find_phone_use{"+5491122222222"}).verified);
  CHECK(old.query("SELECT count(*) FROM verified_phones") == "3");

  CHECK(old.query("SELECT count(*) FROM code_states") == "2");
  CHECK(old.query("SELECT count(*) FROM code_states WHERE phone = '+541111111111'")
        == "0");

  const auto message = [&db](message_id id) {
    return must(db, find_message{id}).message;
  };
  CHECK(message(1).phone == "+5491111111111");
  CHECK(message(1).state == message_state::delivered);
  CHECK(message(2).phone == "+5491111111111");
  CHECK(message(2).state == message_state::expired);
  CHECK(message(2).finalized_at > wall_time{});
  CHECK(message(2).sealed_parameters.empty());
  CHECK(message(3).state == message_state::ready);
  CHECK(message(4).state == message_state::ready);
}

inline void check_told(const storage::emails_rewritten& what) {
  CHECK(what.accounts == 2);
  CHECK(what.unusable == std::vector<std::string>{"no e-mail"});
  std::vector<std::pair<user_id, user_id>> conflicts;
  for (const auto& c : what.conflicts)
    conflicts.emplace_back(c.keeps, c.loses);
  CHECK(conflicts
        == std::vector<std::pair<user_id, user_id>>{{12, 13}, {15, 14}, {17, 16}});
  CHECK(what.conflicts.at(0).contact == "päul@example.org");
}

inline void check_told(const storage::phones_rewritten& what) {
  CHECK(what.accounts == 3);
  CHECK(what.messages == 2);
  std::vector<std::pair<user_id, user_id>> conflicts;
  for (const auto& c : what.conflicts)
    conflicts.emplace_back(c.keeps, c.loses);
  CHECK(conflicts
        == std::vector<std::pair<user_id, user_id>>{{2, 3}, {5, 4}, {6, 7}, {9, 8}});
  CHECK(what.conflicts.at(0).contact == "+5491122222222");
}

inline void older_database_is_rewritten_once(older_database& old) {
  std::vector<storage::phones_rewritten> told;
  std::vector<storage::emails_rewritten> told_emails;
  const storage::row_rewrites rewrites{{with_mobile_token,
                                        [&](const auto& what) {
                                          told.push_back(what);
                                        }},
                                       [&](const auto& what) {
                                         told_emails.push_back(what);
                                       }};
  for (int start = 0; start < 2; ++start) {
    const auto database = old.open(rewrites);
    const auto db = database->open_writer().value();
    check_rewritten(old, *db);
  }
  REQUIRE(told.size() == 1);
  check_told(told[0]);
  REQUIRE(told_emails.size() == 1);
  check_told(told_emails[0]);
}

} // namespace tinybook::test
