#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace tinybook::test {

/// A column that names a person, or that tells who or where they are.
struct person_column {
  std::string_view column; ///< `table.column`.
  /// The member of `POST /users/export` that shows its row; empty = none does.
  std::string_view exported;
  /// What that member has for it where `person_rows` are filled in; else why there is
  /// none.
  std::string_view shows;
  bool id_stays = false; ///< An erasure leaves the id of the account there.
};

/// Every such column of the schema. What is found in the schema and not here fails a
/// test: a new one has a place in the export (http/api/own_export.cpp) and an end in the
/// erasure (storage/account_store.cpp) before it has one here.
inline constexpr std::array person_columns{
    person_column{"users.email", "account", "ann@example.org"},
    person_column{"users.phone", "account", "+8613800138000"},
    person_column{"users.nickname", "account", "Annie"},
    person_column{"verified_phones.phone", "traces", R"("kind":"verifiedPhone")"},
    person_column{"session_families.user_id", "sessions", R"("expiresAt":"2)"},
    person_column{"session_families.device", "sessions", "Browser of Ann"},
    person_column{"session_families.network", "sessions", "203.0.113.0/24"},
    person_column{"articles.author_id", "articles", R"("title":"Draft of Ann")"},
    person_column{"published_articles.author_id", "articles", R"("hidden":false)"},
    person_column{"hidden_articles.author_id", "articles", R"("hidden":true)"},
    person_column{"article_stats.author_id", "", "counts of what articles show", true},
    person_column{"article_stats.author_name", "", "the nickname once more"},
    person_column{"article_events.author_id", "", "on its way to the boards", true},
    person_column{"article_events.author_name", "", "the nickname once more"},
    person_column{"likes.user_id", "likes", R"("article":)"},
    person_column{"collections.user_id", "collections", R"("collection":3)"},
    person_column{"sms_messages.phone", "messages", R"("phone":"+8613800138000")"},
    person_column{"sms_messages.account_id", "messages", R"("phone":"+8613900139000")"},
    person_column{"sms_messages.client_address", "messages", "203.0.113.7"},
    person_column{"sms_early_receipts.phone", "traces", R"("about":"of the number")"},
    person_column{"sms_early_receipts.domestic_phone", "traces",
                  R"("about":"of the domestic number")"},
    person_column{"code_states.phone", "traces", R"("about":"login","kind":"code")"},
    person_column{"kept_answers.user_id", "traces", R"("kind":"answerToSave")"},
    person_column{"audit_events.user_id", "events", R"("kind":"exported")", true},
    person_column{"audit_events.network", "events", "203.0.113.0/24"},
    person_column{"audit_events.device", "events", "Browser of Ann"},
    person_column{"author_totals.author_id", "", "counted from the articles"},
};

/// Whether a column's name says that it is one; a reference to an account does, too.
[[nodiscard]] inline bool names_a_person(std::string_view column) {
  constexpr std::array endings{"user_id",  "author_id",  "account_id", "phone",
                               "email",    "address",    "network",    "device",
                               "nickname", "author_name"};
  const auto name = column.substr(column.find('.') + 1);
  return std::ranges::any_of(
      endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

} // namespace tinybook::test
