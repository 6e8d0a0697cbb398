#include "storage/migrations/rewrite_rows.hpp"

#include "storage/statements.hpp"
#include "storage/support/validate.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook::storage {

namespace {

using canonical_form = std::function<std::string(const std::string&)>;

/// Calls `each` for every row, page by page in the order of `key_of(row)`.
template <class Key, class Read, class KeyOf, class Each>
result<done> walk(statements& db, const char* sql, Key after, Read read, KeyOf key_of,
                  Each each) {
  constexpr std::int64_t page_rows = 1000;
  for (;;) {
    auto page = db.all(sql, read, after, page_rows);
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
result<done> write(statements& db, const char* sql, const Args&... args) {
  return as_done(db.exec(sql, args...));
}

/// The column of `users` with the phone or the e-mail; `other` is the account's other
/// contact.
struct contact_column {
  contact_column(const std::string& own, const std::string& other)
      : accounts_after("SELECT id, " + own + ", created_at, " + other + " IS NOT NULL"
                       + " FROM users WHERE id > $1 AND " + own
                       + " IS NOT NULL ORDER BY id LIMIT $2"),
        account_of("SELECT id, " + own + ", created_at, " + other + " IS NOT NULL"
                   + " FROM users WHERE " + own + " = $1"),
        set("UPDATE users SET " + own + " = $1 WHERE id = $2"),
        free("UPDATE users SET " + own + " = '' WHERE id = $1"),
        drop("UPDATE users SET " + own + " = NULL WHERE id = $1") {}

  std::string accounts_after;
  std::string account_of;
  std::string set;
  std::string free;
  std::string drop;
};

struct account {
  user_id id = 0;
  std::string contact;
  wall_time created_at{};
  bool has_other = false; ///< Has the other contact.
};

account read_account(row& r) {
  return {.id = r.number(),
          .contact = r.text(),
          .created_at = r.time(),
          .has_other = r.flag()};
}

/// Brings one column of all accounts into its canonical form; see `contact_conflict`.
class contact_rewriter {
 public:
  contact_rewriter(statements& db, const contact_column& column, canonical_form canonical)
      : db_(db), column_(column), canonical_(std::move(canonical)) {}

  [[nodiscard]] result<done> run() {
    return walk(
        db_, column_.accounts_after.c_str(), user_id{0}, read_account,
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
  result<done> rewrite(const account& old, const std::string& contact) {
    auto owner = db_.one(column_.account_of.c_str(), read_account, contact);
    if (!owner)
      return owner.error();
    if (!*owner) {
      ++rewritten_;
      return write(db_, column_.set.c_str(), contact, old.id);
    }
    const auto age = [](const account& a) {
      return std::tuple(a.created_at, a.id);
    };
    if (age(**owner) < age(old)) {
      note({(*owner)->id, old.id, contact});
      return old.has_other ? write(db_, column_.drop.c_str(), old.id) : done{};
    }
    ++rewritten_;
    note({old.id, (*owner)->id, contact});
    return hand_over(**owner, old, contact);
  }

  /// The younger account gets the old spelling in exchange, unless it has another
  /// contact.
  result<done> hand_over(const account& from, const account& to,
                         const std::string& contact) {
    if (auto freed = write(db_, column_.free.c_str(), to.id); !freed)
      return freed;
    auto taken = from.has_other ? write(db_, column_.drop.c_str(), from.id)
                                : write(db_, column_.set.c_str(), to.contact, from.id);
    return taken ? write(db_, column_.set.c_str(), contact, to.id) : taken;
  }

  /// Once: an account that kept the old spelling may be met again.
  void note(contact_conflict conflict) {
    if (std::ranges::find(conflicts_, conflict.loses, &contact_conflict::loses)
        == conflicts_.end())
      conflicts_.push_back(std::move(conflict));
  }

  statements& db_;
  const contact_column& column_;
  canonical_form canonical_;
  std::int64_t rewritten_ = 0;
  std::vector<contact_conflict> conflicts_;
};

result<done> rewrite_emails(statements& db,
                            const std::function<void(const emails_rewritten&)>& tell) {
  static const contact_column emails{"email", "phone"};
  std::vector<std::string> unusable;
  contact_rewriter accounts(db, emails, [&](const std::string& old) {
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

constexpr auto messages_after = R"sql(
SELECT id, phone, state FROM sms_messages WHERE id > $1 ORDER BY id LIMIT $2)sql";

constexpr auto end_message = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = ''::bytea, lease_until = 0, finalized_at = $1
WHERE id = $2)sql";

constexpr auto set_message_phone = "UPDATE sms_messages SET phone = $1 WHERE id = $2";

constexpr auto codes_after = R"sql(
SELECT DISTINCT phone FROM code_states WHERE phone > $1 ORDER BY phone LIMIT $2)sql";

constexpr auto drop_codes_of = "DELETE FROM code_states WHERE phone = $1";

constexpr auto verified_after = R"sql(
SELECT phone, first_at, last_at FROM verified_phones
WHERE phone > $1 ORDER BY phone LIMIT $2)sql";

constexpr auto drop_verified = "DELETE FROM verified_phones WHERE phone = $1";

constexpr auto add_verified = R"sql(
INSERT INTO verified_phones (phone, first_at, last_at) VALUES ($1, $2, $3)
ON CONFLICT (phone) DO UPDATE SET
  first_at = CASE WHEN excluded.first_at < verified_phones.first_at
    THEN excluded.first_at ELSE verified_phones.first_at END,
  last_at = CASE WHEN excluded.last_at > verified_phones.last_at
    THEN excluded.last_at ELSE verified_phones.last_at END)sql";

result<std::int64_t> rewrite_messages(statements& db, const canonical_form& canonical,
                                      wall_time now) {
  struct message {
    message_id id = 0;
    std::string phone;
    bool pending = false;
  };
  std::int64_t rewritten = 0;
  auto walked = walk(
      db, messages_after, message_id{0},
      [](row& r) {
        return message{.id = r.number(), .phone = r.text(), .pending = r.number() < 2};
      },
      [](const message& m) { return m.id; },
      [&](const message& m) -> result<done> {
        const auto phone = canonical(m.phone);
        if (phone == m.phone)
          return done{};
        ++rewritten;
        if (m.pending)
          if (auto ended = write(db, end_message, now, m.id); !ended)
            return ended;
        return write(db, set_message_phone, phone, m.id);
      });
  if (!walked)
    return walked.error();
  return rewritten;
}

result<done> drop_codes(statements& db, const canonical_form& canonical) {
  return walk(
      db, codes_after, std::string{}, [](row& r) { return r.text(); },
      [](const std::string& phone) { return phone; },
      [&](const std::string& phone) -> result<done> {
        return canonical(phone) == phone ? result<done>{done{}}
                                         : write(db, drop_codes_of, phone);
      });
}

result<done> rewrite_verified(statements& db, const canonical_form& canonical) {
  struct verified {
    std::string phone;
    wall_time first_at{};
    wall_time last_at{};
  };
  return walk(
      db, verified_after, std::string{},
      [](row& r) {
        return verified{.phone = r.text(), .first_at = r.time(), .last_at = r.time()};
      },
      [](const verified& v) { return v.phone; },
      [&](const verified& v) -> result<done> {
        const auto phone = canonical(v.phone);
        if (phone == v.phone)
          return done{};
        if (auto dropped = write(db, drop_verified, v.phone); !dropped)
          return dropped;
        return write(db, add_verified, phone, v.first_at, v.last_at);
      });
}

result<done> rewrite_phones(statements& db, const phone_rewrite& how, wall_time now) {
  static const contact_column phones{"phone", "email"};
  if (!how.canonical)
    return done{};
  contact_rewriter accounts(db, phones, how.canonical);
  if (auto rewritten = accounts.run(); !rewritten)
    return rewritten;
  const auto messages = rewrite_messages(db, how.canonical, now);
  if (!messages)
    return messages.error();
  if (auto dropped = drop_codes(db, how.canonical); !dropped)
    return dropped;
  if (auto rewritten = rewrite_verified(db, how.canonical); !rewritten)
    return rewritten;
  if (how.tell)
    how.tell({accounts.rewritten(), *messages, accounts.conflicts()});
  return done{};
}

} // namespace

result<done> rewrite_rows(statements& db, rewrite which, const row_rewrites& how,
                          wall_time now) {
  switch (which) {
  case rewrite::nothing:
    break;
  case rewrite::phones:
    return rewrite_phones(db, how.phones, now);
  case rewrite::emails:
    return rewrite_emails(db, how.emails);
  }
  return done{};
}

} // namespace tinybook::storage
