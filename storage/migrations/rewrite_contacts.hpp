#pragma once

#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/support/validate.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook::storage {

/// What steps that rewrite rows share: pages of rows, and writes. `Statements` runs SQL
/// as `sqlite::handle` does, within the transaction that is open on it. The SQL is such
/// as both databases read.
template <class Statements>
class row_pages {
 public:
  explicit row_pages(Statements& db) : db_(db) {}

  /// Calls `each` for every row, page by page in the order of `key_of(row)`.
  template <class Key, class Read, class KeyOf, class Each>
  result<done> walk(const char* sql, Key after, Read read, KeyOf key_of, Each each) {
    constexpr std::int64_t page_rows = 1000;
    for (;;) {
      auto page = db_.all(sql, read, after, page_rows);
      if (!page)
        return page.error();
      for (const auto& row : *page)
        if (auto taken = each(row); !taken)
          return taken;
      if (std::ssize(*page) < page_rows)
        return done{};
      after = key_of(page->back());
    }
  }

  template <class... Args>
  result<done> write(const char* sql, const Args&... args) {
    if (auto written = db_.exec(sql, args...); !written)
      return written.error();
    return done{};
  }

 private:
  Statements& db_;
};

/// The column of `users` that a phone, or an e-mail, stands in.
struct phone_column {
  static constexpr auto accounts_after = R"sql(
SELECT id, phone, created_at, CASE WHEN email IS NULL THEN 0 ELSE 1 END
FROM users WHERE id > $1 AND phone IS NOT NULL ORDER BY id LIMIT $2)sql";
  static constexpr auto account_of = R"sql(
SELECT id, phone, created_at, CASE WHEN email IS NULL THEN 0 ELSE 1 END
FROM users WHERE phone = $1)sql";
  static constexpr auto set = "UPDATE users SET phone = $1 WHERE id = $2";
  static constexpr auto free = "UPDATE users SET phone = '' WHERE id = $1";
  static constexpr auto drop = "UPDATE users SET phone = NULL WHERE id = $1";
};

struct email_column {
  static constexpr auto accounts_after = R"sql(
SELECT id, email, created_at, CASE WHEN phone IS NULL THEN 0 ELSE 1 END
FROM users WHERE id > $1 AND email IS NOT NULL ORDER BY id LIMIT $2)sql";
  static constexpr auto account_of = R"sql(
SELECT id, email, created_at, CASE WHEN phone IS NULL THEN 0 ELSE 1 END
FROM users WHERE email = $1)sql";
  static constexpr auto set = "UPDATE users SET email = $1 WHERE id = $2";
  static constexpr auto free = "UPDATE users SET email = '' WHERE id = $1";
  static constexpr auto drop = "UPDATE users SET email = NULL WHERE id = $1";
};

/// Brings one column of all accounts into its one form; see `contact_conflict`.
template <class Statements, class Column>
class contact_rewriter {
 public:
  using canonical_form = std::function<std::string(const std::string&)>;

  contact_rewriter(Statements& db, canonical_form canonical)
      : db_(db), canonical_(std::move(canonical)) {}

  [[nodiscard]] result<done> run() {
    return pages_.walk(
        Column::accounts_after, user_id{0}, [](auto& r) { return read_account(r); },
        [](const account& a) { return a.id; },
        [this](const account& a) -> result<done> {
          const auto contact = canonical_(a.contact);
          return contact == a.contact ? result<done>{done{}} : rewrite(a, contact);
        });
  }

  [[nodiscard]] std::int64_t rewritten() const { return rewritten_; }
  [[nodiscard]] const std::vector<contact_conflict>& conflicts() const {
    return conflicts_;
  }

 private:
  struct account {
    user_id id = 0;
    std::string contact;
    wall_time created_at{};
    bool has_other = false; ///< Another way to be known by.
  };

  static account read_account(auto& r) {
    account a;
    a.id = r.number();
    a.contact = r.text();
    a.created_at = r.time();
    a.has_other = r.number() != 0;
    return a;
  }

  result<done> rewrite(const account& old, const std::string& contact) {
    auto owner = db_.one(
        Column::account_of, [](auto& r) { return read_account(r); }, contact);
    if (!owner)
      return owner.error();
    if (!*owner) {
      ++rewritten_;
      return pages_.write(Column::set, contact, old.id);
    }
    const auto age = [](const account& a) {
      return std::tuple(a.created_at, a.id);
    };
    if (age(**owner) < age(old)) {
      note({(*owner)->id, old.id, contact});
      return old.has_other ? pages_.write(Column::drop, old.id) : done{};
    }
    ++rewritten_;
    note({old.id, (*owner)->id, contact});
    return hand_over(**owner, old, contact);
  }

  /// The younger account gets the old spelling in exchange, unless it has another
  /// contact.
  result<done> hand_over(const account& from, const account& to,
                         const std::string& contact) {
    if (auto freed = pages_.write(Column::free, to.id); !freed)
      return freed;
    auto taken = from.has_other ? pages_.write(Column::drop, from.id)
                                : pages_.write(Column::set, to.contact, from.id);
    return taken ? pages_.write(Column::set, contact, to.id) : taken;
  }

  /// Once: an account that kept the old spelling may be met again.
  void note(contact_conflict conflict) {
    if (std::ranges::find(conflicts_, conflict.loses, &contact_conflict::loses)
        == conflicts_.end())
      conflicts_.push_back(std::move(conflict));
  }

  Statements& db_;
  row_pages<Statements> pages_{db_};
  canonical_form canonical_;
  std::int64_t rewritten_ = 0;
  std::vector<contact_conflict> conflicts_;
};

/// Brings stored e-mails into the form that `check_email` gives. One that it refuses
/// stays.
template <class Statements>
[[nodiscard]] result<done>
rewrite_emails(Statements& db, const std::function<void(const emails_rewritten&)>& tell) {
  std::vector<std::string> unusable;
  contact_rewriter<Statements, email_column> accounts(db, [&](const std::string& old) {
    const auto now = check_email("email", old);
    if (!now)
      unusable.push_back(old);
    return now ? *now : old;
  });
  if (auto rewritten = accounts.run(); !rewritten)
    return rewritten;
  if (tell)
    tell({accounts.rewritten(), accounts.conflicts(), std::move(unusable)});
  return done{};
}

} // namespace tinybook::storage
