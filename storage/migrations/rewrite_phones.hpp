#pragma once

#include "storage/phone_rewrite.hpp"
#include "storage/result.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook::storage {

/// Spells every stored phone anew, in the transaction that is open on `Statements`, which
/// runs SQL as `sqlite::handle` does. The SQL is such as both databases read. Locks are
/// taken in the order that other writers keep.
///
/// A code is hashed with the spelling of its phone, so one that waits under an old
/// spelling can verify no more: its message ends as expired, its state is dropped.
template <class Statements>
class phone_rewriter {
 public:
  phone_rewriter(Statements& db, const phone_rewrite& how, wall_time now)
      : db_(db), how_(how), now_(now) {}

  [[nodiscard]] result<done> run() {
    for (auto step :
         {&phone_rewriter::rewrite_accounts, &phone_rewriter::rewrite_messages,
          &phone_rewriter::drop_codes, &phone_rewriter::rewrite_verified})
      if (auto stepped = (this->*step)(); !stepped)
        return stepped;
    if (how_.tell)
      how_.tell(done_);
    return done{};
  }

 private:
  static constexpr std::int64_t page_rows = 1000;

  struct account {
    user_id id = 0;
    std::string phone;
    wall_time created_at{};
    bool has_email = false;
  };

  static constexpr auto accounts_after = R"sql(
SELECT id, phone, created_at, CASE WHEN email IS NULL THEN 0 ELSE 1 END
FROM users WHERE id > $1 AND phone IS NOT NULL ORDER BY id LIMIT $2)sql";
  static constexpr auto account_of = R"sql(
SELECT id, phone, created_at, CASE WHEN email IS NULL THEN 0 ELSE 1 END
FROM users WHERE phone = $1)sql";
  static constexpr auto set_phone = "UPDATE users SET phone = $1 WHERE id = $2";
  static constexpr auto free_phone = "UPDATE users SET phone = '' WHERE id = $1";
  static constexpr auto drop_phone = "UPDATE users SET phone = NULL WHERE id = $1";

  static constexpr auto messages_after = R"sql(
SELECT id, phone, state FROM sms_messages WHERE id > $1 ORDER BY id LIMIT $2)sql";
  // What is left of the parameters is empty and still of the column's type.
  static constexpr auto end_message = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = substr(sealed_parameters, 1, 0), lease_until = 0,
  finalized_at = $1
WHERE id = $2)sql";
  static constexpr auto set_message_phone =
      "UPDATE sms_messages SET phone = $1 WHERE id = $2";

  static constexpr auto codes_after = R"sql(
SELECT DISTINCT phone FROM code_states WHERE phone > $1 ORDER BY phone LIMIT $2)sql";
  static constexpr auto drop_codes_of = "DELETE FROM code_states WHERE phone = $1";

  static constexpr auto verified_after = R"sql(
SELECT phone, first_at, last_at FROM verified_phones
WHERE phone > $1 ORDER BY phone LIMIT $2)sql";
  static constexpr auto drop_verified = "DELETE FROM verified_phones WHERE phone = $1";
  static constexpr auto add_verified = R"sql(
INSERT INTO verified_phones (phone, first_at, last_at) VALUES ($1, $2, $3)
ON CONFLICT (phone) DO UPDATE SET
  first_at = CASE WHEN excluded.first_at < verified_phones.first_at
    THEN excluded.first_at ELSE verified_phones.first_at END,
  last_at = CASE WHEN excluded.last_at > verified_phones.last_at
    THEN excluded.last_at ELSE verified_phones.last_at END)sql";

  /// Calls `each` for every row, page by page in the order of `key_of(row)`.
  template <class Key, class Read, class KeyOf, class Each>
  result<done> walk(const char* sql, Key after, Read read, KeyOf key_of, Each each) {
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

  static account read_account(auto& r) {
    account a;
    a.id = r.number();
    a.phone = r.text();
    a.created_at = r.time();
    a.has_email = r.number() != 0;
    return a;
  }

  result<done> rewrite_accounts() {
    return walk(
        accounts_after, user_id{0}, [](auto& r) { return read_account(r); },
        [](const account& a) { return a.id; },
        [this](const account& a) -> result<done> {
          const auto phone = how_.canonical(a.phone);
          return phone == a.phone ? result<done>{done{}} : rewrite(a, phone);
        });
  }

  result<done> rewrite(const account& old, const std::string& phone) {
    auto owner = db_.one(
        account_of, [](auto& r) { return read_account(r); }, phone);
    if (!owner)
      return owner.error();
    if (!*owner) {
      ++done_.accounts;
      return write(set_phone, phone, old.id);
    }
    const auto age = [](const account& a) {
      return std::tuple(a.created_at, a.id);
    };
    if (age(**owner) < age(old)) {
      note({(*owner)->id, old.id, phone});
      return old.has_email ? write(drop_phone, old.id) : done{};
    }
    ++done_.accounts;
    note({old.id, (*owner)->id, phone});
    return hand_over(**owner, old, phone);
  }

  /// The younger account gets the old spelling in exchange, unless its e-mail is enough.
  result<done> hand_over(const account& from, const account& to,
                         const std::string& phone) {
    if (auto freed = write(free_phone, to.id); !freed)
      return freed;
    auto taken =
        from.has_email ? write(drop_phone, from.id) : write(set_phone, to.phone, from.id);
    return taken ? write(set_phone, phone, to.id) : taken;
  }

  /// Once: an account that kept the old spelling may be met again.
  void note(phone_conflict conflict) {
    if (std::ranges::find(done_.conflicts, conflict.loses, &phone_conflict::loses)
        == done_.conflicts.end())
      done_.conflicts.push_back(std::move(conflict));
  }

  result<done> rewrite_messages() {
    struct message {
      message_id id = 0;
      std::string phone;
      bool pending = false;
    };
    return walk(
        messages_after, message_id{0},
        [](auto& r) {
          message m;
          m.id = r.number();
          m.phone = r.text();
          m.pending = r.number() < 2;
          return m;
        },
        [](const message& m) { return m.id; },
        [this](const message& m) -> result<done> {
          const auto phone = how_.canonical(m.phone);
          if (phone == m.phone)
            return done{};
          ++done_.messages;
          if (m.pending)
            if (auto ended = write(end_message, now_, m.id); !ended)
              return ended;
          return write(set_message_phone, phone, m.id);
        });
  }

  result<done> drop_codes() {
    return walk(
        codes_after, std::string{}, [](auto& r) { return r.text(); },
        [](const std::string& phone) { return phone; },
        [this](const std::string& phone) -> result<done> {
          return how_.canonical(phone) == phone ? result<done>{done{}}
                                                : write(drop_codes_of, phone);
        });
  }

  result<done> rewrite_verified() {
    struct verified {
      std::string phone;
      wall_time first_at{};
      wall_time last_at{};
    };
    return walk(
        verified_after, std::string{},
        [](auto& r) {
          verified v;
          v.phone = r.text();
          v.first_at = r.time();
          v.last_at = r.time();
          return v;
        },
        [](const verified& v) { return v.phone; },
        [this](const verified& v) -> result<done> {
          const auto phone = how_.canonical(v.phone);
          if (phone == v.phone)
            return done{};
          if (auto dropped = write(drop_verified, v.phone); !dropped)
            return dropped;
          return write(add_verified, phone, v.first_at, v.last_at);
        });
  }

  Statements& db_;
  const phone_rewrite& how_;
  wall_time now_;
  phones_rewritten done_;
};

/// Runs a `phone_rewriter` where phones have one form.
template <class Statements>
[[nodiscard]] result<done> rewrite_phones(Statements& db, const phone_rewrite& how,
                                          wall_time now) {
  if (!how.canonical)
    return done{};
  return phone_rewriter<Statements>(db, how, now).run();
}

} // namespace tinybook::storage
