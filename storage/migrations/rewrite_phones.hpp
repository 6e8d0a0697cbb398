#pragma once

#include "storage/migrations/rewrite_contacts.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"

#include <string>

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

  result<done> rewrite_accounts() {
    contact_rewriter<Statements, phone_column> accounts(db_, how_.canonical);
    auto rewritten = accounts.run();
    done_.accounts = accounts.rewritten();
    done_.conflicts = accounts.conflicts();
    return rewritten;
  }

  result<done> rewrite_messages() {
    struct message {
      message_id id = 0;
      std::string phone;
      bool pending = false;
    };
    return pages_.walk(
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
            if (auto ended = pages_.write(end_message, now_, m.id); !ended)
              return ended;
          return pages_.write(set_message_phone, phone, m.id);
        });
  }

  result<done> drop_codes() {
    return pages_.walk(
        codes_after, std::string{}, [](auto& r) { return r.text(); },
        [](const std::string& phone) { return phone; },
        [this](const std::string& phone) -> result<done> {
          return how_.canonical(phone) == phone ? result<done>{done{}}
                                                : pages_.write(drop_codes_of, phone);
        });
  }

  result<done> rewrite_verified() {
    struct verified {
      std::string phone;
      wall_time first_at{};
      wall_time last_at{};
    };
    return pages_.walk(
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
          if (auto dropped = pages_.write(drop_verified, v.phone); !dropped)
            return dropped;
          return pages_.write(add_verified, phone, v.first_at, v.last_at);
        });
  }

  Statements& db_;
  row_pages<Statements> pages_{db_};
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
