#include "storage/postgres/sms_archive.hpp"
#include "storage/postgres/sms_rows.hpp"

#include <limits>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

// The three differ in what they walk only: the index of what went wrong, that of what is
// pending, or the table. $1 bits of states, $2 with handled ones, $3 below this id, $4
// provider, $5 purpose, $6 country prefix, $7 how many.

constexpr auto ids_of_wrong = R"sql(
SELECT id FROM sms_messages AS m
WHERE state >= 3 AND id < $3 AND ($2::boolean OR handled = 0)
  AND ($1::bigint >> state) & 1 = 1
  AND ($5 = '' OR purpose = $5) AND ($6 = '' OR country_prefix = $6)
  AND ($4 = '' OR provider = $4 OR EXISTS (
    SELECT 1 FROM sms_attempts AS a WHERE a.message_id = m.id AND a.provider = $4))
ORDER BY id DESC LIMIT $7)sql";

constexpr auto ids_of_pending = R"sql(
SELECT id FROM sms_messages AS m
WHERE state < 2 AND id < $3 AND ($2::boolean OR handled = 0)
  AND ($1::bigint >> state) & 1 = 1
  AND ($5 = '' OR purpose = $5) AND ($6 = '' OR country_prefix = $6)
  AND ($4 = '' OR provider = $4 OR EXISTS (
    SELECT 1 FROM sms_attempts AS a WHERE a.message_id = m.id AND a.provider = $4))
ORDER BY id DESC LIMIT $7)sql";

constexpr auto ids_of_any = R"sql(
SELECT id FROM sms_messages AS m
WHERE id < $3 AND ($2::boolean OR handled = 0)
  AND ($1::bigint >> state) & 1 = 1
  AND ($5 = '' OR purpose = $5) AND ($6 = '' OR country_prefix = $6)
  AND ($4 = '' OR provider = $4 OR EXISTS (
    SELECT 1 FROM sms_attempts AS a WHERE a.message_id = m.id AND a.provider = $4))
ORDER BY id DESC LIMIT $7)sql";

constexpr std::int64_t bit(message_state state) {
  return std::int64_t{1} << static_cast<int>(state);
}

constexpr auto wrong_bits = bit(message_state::dead) | bit(message_state::expired);
constexpr auto pending_bits = bit(message_state::ready) | bit(message_state::leased);

std::int64_t bits_of(const std::vector<message_state>& states) {
  std::int64_t out = 0;
  for (const auto state : states)
    out |= bit(state);
  return out == 0 ? wrong_bits : out;
}

const char* query_for(std::int64_t bits) {
  if ((bits & ~wrong_bits) == 0)
    return ids_of_wrong;
  return (bits & ~pending_bits) == 0 ? ids_of_pending : ids_of_any;
}

/// One id more than the page has, where there is one: it tells that a page follows.
result<std::vector<message_id>> ids_of(handle& db, const list_messages& c) {
  constexpr auto no_bound = std::numeric_limits<std::int64_t>::max();
  const auto bits = bits_of(c.states);
  return db.all(
      query_for(bits), [](row& r) { return r.number(); }, bits, c.with_handled,
      c.before == 0 ? no_bound : c.before, c.provider, c.purpose, c.country_prefix,
      c.limit < no_bound ? c.limit + 1 : c.limit);
}

} // namespace

result<history_page> postgres_sms_archive::run(const list_messages& command) {
  if (command.limit < 1)
    return history_page{};
  return db_.read_together([&]() -> result<history_page> {
    auto ids = ids_of(db_, command);
    if (!ids)
      return ids.error();
    history_page out;
    for (const auto id : *ids) {
      if (std::ssize(out.messages) == command.limit) {
        out.next = out.messages.back().message.id;
        break;
      }
      auto found = find_history(db_, id);
      if (!found)
        return found.error();
      if (*found)
        out.messages.push_back(std::move(**found));
    }
    return out;
  });
}

} // namespace tinybook::storage::postgres
