#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace tinybook::test {

/// What such a column has of an account.
enum class person_value : std::uint8_t {
  text,
  number,
  id,         ///< Of the account; an erasure removes it.
  lasting_id, ///< Of the account; it outlives an erasure.
};

/// A column that names a person, or that tells who or where they are.
struct person_column {
  std::string_view column; ///< `table.column`.
  /// The member of `POST /users/export` that shows its row; empty = none does.
  std::string_view exported;
  /// What that member has for it where `person_rows` are filled in; else why there is
  /// none.
  std::string_view shows;
  person_value value = person_value::text;
};

/// Every such column of the schema. What is found in the schema and not here fails a
/// test: a new one has a place in the export (http/api/own_export.cpp) and an end in the
/// erasure (storage/account_store.cpp) before it has one here.
inline constexpr auto person_columns = [] {
  using enum person_value;
  return std::array{
      person_column{"users.id", "account", R"("id":1)", id},
      person_column{"users.email", "account", "ann@example.org"},
      person_column{"users.phone", "account", "+8613800138000"},
      person_column{"users.nickname", "account", "Annie"},
      person_column{"users.password_hash", "account", R"("hasPassword":true)"},
      person_column{"users.birthday", "account", "2000-01-02"},
      person_column{"users.about_me", "account", "words about Ann"},
      person_column{"users.created_at", "account", R"("createdAt":"2)", number},
      person_column{"users.device_epoch", "", "how often the password was set", number},
      person_column{"users.banned_at", "", "who is banned has no session to ask with",
                    number},
      person_column{"users.leaves_at", "", "a log-in takes the deletion back", number},
      person_column{"users.erasing", "", "nobody can log in then", number},
      person_column{"verified_phones.phone", "traces", R"("kind":"verifiedPhone")"},
      person_column{"session_families.user_id", "sessions", R"("expiresAt":"2)", id},
      person_column{"session_families.device", "sessions", "Browser of Ann"},
      person_column{"session_families.network", "sessions", "203.0.113.0/24"},
      person_column{"articles.author_id", "articles", R"("title":"Draft of Ann")", id},
      person_column{"published_articles.author_id", "articles", R"("hidden":false)", id},
      person_column{"hidden_articles.author_id", "articles", R"("hidden":true)", id},
      person_column{"article_stats.author_id", "", "counts of what articles show",
                    lasting_id},
      person_column{"article_stats.author_name", "", "the nickname once more"},
      person_column{"article_events.author_id", "", "on its way to the boards",
                    lasting_id},
      person_column{"article_events.author_name", "", "the nickname once more"},
      person_column{"likes.user_id", "likes", R"("article":)", id},
      person_column{"collections.user_id", "collections", R"("collection":3)", id},
      person_column{"sms_messages.phone", "messages", R"("phone":"+8613800138000")"},
      person_column{"sms_messages.account_id", "messages", R"("phone":"+8613900139000")",
                    id},
      person_column{"sms_messages.client_address", "messages", "203.0.113.0/24"},
      person_column{"sms_early_receipts.phone", "traces", R"("about":"of the number")"},
      person_column{"sms_early_receipts.domestic_phone", "traces",
                    R"("about":"of the domestic number")"},
      person_column{"code_states.phone", "traces", R"("about":"login","kind":"code")"},
      person_column{"kept_answers.user_id", "traces", R"("kind":"answerToSave")", id},
      person_column{"audit_events.user_id", "events", R"("kind":"exported")", lasting_id},
      person_column{"audit_events.network", "events", "203.0.113.0/24"},
      person_column{"audit_events.device", "events", "Browser of Ann"},
      person_column{"author_totals.author_id", "", "counted from the articles", id},
  };
}();

/// Whether a column's name says that it is one, as of all in `users`; a reference to an
/// account does, too.
[[nodiscard]] inline bool names_a_person(std::string_view column) {
  if (column.starts_with("users."))
    return true;
  constexpr std::array endings{"user_id",  "author_id",  "account_id", "phone",
                               "email",    "address",    "network",    "device",
                               "nickname", "author_name"};
  const auto name = column.substr(column.find('.') + 1);
  return std::ranges::any_of(
      endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

} // namespace tinybook::test
