#include "storage/code_store.hpp"

#include "storage/code_state_text.hpp"
#include "storage/handle.hpp"
#include "storage/joined_sql.hpp"
#include "storage/shared_steps.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace tinybook::storage {

namespace {

/// The first row of the chain of replacements that led to this one.
message_id place_of(const std::vector<code_row>& rows, const code_row& row) {
  const auto before = std::ranges::find(rows, row.parent, &code_row::id);
  return row.parent == 0 || before == rows.end() ? row.id : place_of(rows, *before);
}

constexpr auto upsert_state = R"sql(
INSERT INTO code_states (phone, purpose, codes, others_used, others_since, last_sent,
  matters_until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (phone, purpose) DO UPDATE SET codes = excluded.codes,
  others_used = excluded.others_used, others_since = excluded.others_since,
  last_sent = excluded.last_sent, matters_until = excluded.matters_until)sql";

constexpr sql_part every_state = R"sql(
SELECT phone, purpose, codes, others_used, others_since, last_sent, matters_until
FROM code_states )sql";

constexpr auto select_states = joined_sql<every_state, "WHERE matters_until > $1">;
constexpr auto select_state_of_key =
    joined_sql<every_state, "WHERE matters_until > $1 AND phone = $2 AND purpose = $3">;
constexpr auto select_states_of_leases = joined_sql<every_state, R"sql(
WHERE (phone, purpose) IN (
  SELECT phone, purpose FROM sms_messages /* sqlite: INDEXED BY sms_messages_leased */
  WHERE state = 1 AND lease_until = $1))sql">;

constexpr auto delete_states = R"sql(
DELETE FROM code_states WHERE (phone, purpose) IN (
  SELECT phone, purpose FROM code_states
  WHERE matters_until <= $1 ORDER BY matters_until LIMIT $2
  FOR UPDATE SKIP LOCKED))sql";

constexpr sql_part codes_in_use = R"sql(
SELECT id, parent_id, code_id, code_hash, code_key_id, expires_at, code_asker
FROM sms_messages /* sqlite: INDEXED BY sms_messages_unanswered */
WHERE phone = $1 AND purpose = $2 AND verified_at = 0 AND expires_at > $3
ORDER BY id)sql";

constexpr auto select_codes = joined_sql<codes_in_use>;
constexpr auto lock_codes = joined_sql<codes_in_use, " FOR NO KEY UPDATE">;

constexpr auto mark_entered = R"sql(
UPDATE sms_messages SET verified_at = $3, code_hash = ''::bytea, entered_by = $4
WHERE phone = $1 AND purpose = $2 AND verified_at = 0 AND expires_at > $3)sql";

constexpr auto clear_codes =
    "UPDATE code_states SET codes = '' WHERE phone = $1 AND purpose = $2";

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

result<std::vector<keyed_code_state>>
decode_states(result<std::vector<stored_state>> rows) {
  if (!rows)
    return rows.error();
  std::vector<keyed_code_state> out;
  out.reserve(rows->size());
  for (auto& stored : *rows) {
    auto codes = decode_codes(stored.codes);
    if (!codes)
      return failure(errc::internal, "the stored codes of "
                                         + mask_phone(stored.state.key.phone)
                                         + " cannot be read");
    stored.state.state.codes = std::move(*codes);
    out.push_back(std::move(stored.state));
  }
  return out;
}

code_row read_code(row& r) {
  return {.id = r.number(),
          .parent = r.number(),
          .code = {.code_id = r.number(),
                   .hash = r.bytes(),
                   .key_id = r.text(),
                   .expires_at = r.time(),
                   .asker = r.text()}};
}

} // namespace

std::vector<live_code> last_codes(const std::vector<code_row>& rows) {
  std::map<message_id, live_code> by_place;
  for (const auto& row : rows)
    by_place[place_of(rows, row)] = row.code; // A later row replaces an earlier one.
  std::vector<live_code> out;
  for (auto& [place, code] : by_place)
    out.push_back(std::move(code));
  // One fewer than a cache keeps: of those it may have withdrawn one.
  if (out.size() >= codes_kept)
    out.erase(out.begin(), out.end() - std::ptrdiff_t{codes_kept - 1});
  // Messages of an older version have no hash of their code.
  std::erase_if(out, [](const live_code& code) { return code.hash.empty(); });
  return out;
}

result<done> write_code_state(handle& db, const keyed_code_state& state) {
  const auto& s = state.state;
  auto written =
      db.exec(upsert_state, state.key.phone, state.key.purpose, encode_codes(s.codes),
              s.others_used, s.others_since, s.last_sent, state.matters_until);
  if (!written)
    return written.error();
  return done{};
}

result<std::vector<keyed_code_state>> code_states_of_leases(handle& db,
                                                            wall_time lease_until) {
  return decode_states(db.all(select_states_of_leases, read_state, lease_until));
}

result<done> use_code(handle& db, const std::optional<code_use>& use) {
  if (!use)
    return done{};
  const auto& [key, codes, at, once] = *use;
  const auto rows = db.all(lock_codes, read_code, key.phone, key.purpose, at);
  if (!rows)
    return rows.error();
  const auto is_used_now = [&codes](const code_row& row) {
    return std::ranges::find(codes, row.code.code_id) != codes.end();
  };
  if (std::ranges::none_of(*rows, is_used_now))
    return errc::wrong_code;
  if (auto marked = db.exec(mark_entered, key.phone, key.purpose, at, once); !marked)
    return marked.error();
  if (auto ended = end_pending_message(db, key, at); !ended)
    return ended;
  if (auto cleared = db.exec(clear_codes, key.phone, key.purpose); !cleared)
    return cleared.error();
  return note_phone_verified(db, key.phone, at);
}

result<done> run(handle& db, const save_code_state& command) {
  return write_code_state(db, command.state);
}

result<live_codes> run(handle& db, const find_live_codes& command) {
  auto rows = db.all(select_codes, read_code, command.key.phone, command.key.purpose,
                     command.now);
  if (!rows)
    return rows.error();
  return live_codes{last_codes(*rows)};
}

result<code_states> run(handle& db, const load_code_states& command) {
  const auto& only = command.only;
  auto states = decode_states(only ? db.all(select_state_of_key, read_state, command.now,
                                            only->phone, only->purpose)
                                   : db.all(select_states, read_state, command.now));
  if (!states)
    return states.error();
  return code_states{std::move(*states)};
}

result<removed_states> run(handle& db, const remove_code_states& command) {
  auto removed = db.exec(delete_states, command.now, command.limit);
  if (!removed)
    return removed.error();
  return removed_states{*removed};
}

} // namespace tinybook::storage
