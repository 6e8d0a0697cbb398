#include "storage/postgres/code_store.hpp"

#include "storage/code_state_text.hpp"
#include "storage/postgres/code_rows.hpp"
#include "storage/postgres/sms_rows.hpp"
#include "storage/support/text.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr auto upsert_state = R"sql(
INSERT INTO code_states (phone, purpose, codes, others_used, others_since, last_sent,
  matters_until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (phone, purpose) DO UPDATE SET codes = excluded.codes,
  others_used = excluded.others_used, others_since = excluded.others_since,
  last_sent = excluded.last_sent, matters_until = excluded.matters_until)sql";

constexpr auto select_states = R"sql(
SELECT phone, purpose, codes, others_used, others_since, last_sent, matters_until
FROM code_states WHERE matters_until > $1)sql";

constexpr auto delete_states = R"sql(
DELETE FROM code_states WHERE (phone, purpose) IN (
  SELECT phone, purpose FROM code_states
  WHERE matters_until <= $1 ORDER BY matters_until LIMIT $2
  FOR UPDATE SKIP LOCKED))sql";

struct stored_state {
  keyed_code_state state;
  std::string codes;
};

stored_state read_state(row& r) {
  stored_state out;
  out.state.key = {.phone = r.text(), .purpose = r.text()};
  out.codes = r.text();
  out.state.state.others_used = r.number<int>();
  out.state.state.others_since = r.time();
  out.state.state.last_sent = r.time();
  out.state.matters_until = r.time();
  return out;
}

} // namespace

result<done> write_code_state(handle& db, const keyed_code_state& state) {
  const auto& s = state.state;
  auto written =
      db.exec(upsert_state, state.key.phone, state.key.purpose, encode_codes(s.codes),
              s.others_used, s.others_since, s.last_sent, state.matters_until);
  if (!written)
    return written.error();
  return done{};
}

result<done> postgres_code_store::run(const save_code_state& command) {
  return db_.transact([&]() -> result<done> {
    if (command.ends_pending)
      if (auto ended = end_pending_message(db_, command.state.key, command.now); !ended)
        return ended;
    return write_code_state(db_, command.state);
  });
}

result<code_states> postgres_code_store::run(const load_code_states& command) {
  auto rows = db_.all(select_states, read_state, command.now);
  if (!rows)
    return rows.error();
  code_states out;
  out.states.reserve(rows->size());
  for (auto& stored : *rows) {
    auto codes = decode_codes(stored.codes);
    if (!codes)
      return failure(errc::internal, "the stored codes of "
                                         + mask_phone(stored.state.key.phone)
                                         + " cannot be read");
    stored.state.state.codes = std::move(*codes);
    out.states.push_back(std::move(stored.state));
  }
  return out;
}

result<removed_states> postgres_code_store::run(const remove_code_states& command) {
  auto removed = db_.exec(delete_states, command.now, command.limit);
  if (!removed)
    return removed.error();
  return removed_states{*removed};
}

} // namespace tinybook::storage::postgres
