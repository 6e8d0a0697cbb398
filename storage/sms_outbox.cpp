#include "storage/sms_outbox.hpp"

#include "storage/dialect.hpp"
#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>
#include <variant>

namespace tinybook::storage {

namespace {

constexpr auto select_message =
    joined_sql<"SELECT ", message_columns, " FROM sms_messages WHERE id = $1">;

constexpr auto end_pending = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = ''::bytea, lease_until = 0, finalized_at = $1
WHERE phone = $2 AND purpose = $3 AND state < 2)sql";

constexpr auto insert_message = R"sql(
INSERT INTO sms_messages (idempotency_key, phone, country_prefix, region,
  client_address, purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, progress, client_ref, code_hash, code_key_id, code_asker,
  account_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
  $18, $19, $20, $21)
ON CONFLICT DO NOTHING
RETURNING id)sql";

constexpr auto select_by_idempotency_key =
    "SELECT id, phone, purpose FROM sms_messages WHERE idempotency_key = $1";

// So that the pumping guard does not wait for it.
constexpr auto note_nothing_to_enter =
    "UPDATE sms_messages SET verified_at = $1 WHERE id = $2";

// `state + 0` keeps the planner from the indexes of ready rows, of which there may be
// many.
constexpr auto expire_before = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = ''::bytea, finalized_at = $3
WHERE phone = $1 AND purpose = $2 AND state < 2 AND state + 0 = 0 AND expires_at <= $3)sql";

struct earlier_message {
  message_id id = 0;
  std::string phone;
  std::string purpose;
};

earlier_message read_earlier(row& r) {
  return {.id = r.number(), .phone = r.text(), .purpose = r.text()};
}

/// The id of the new row, or 0 where a unique index refused it; of two that are inserted
/// at once the second waits for the outcome of the first.
result<message_id> try_insert(handle& db, const sms_message& m) {
  auto added = db.one(
      insert_message, [](row& r) { return r.number(); }, optional_text{m.idempotency_key},
      m.phone, m.country_prefix, m.region, m.client_address, m.purpose, m.template_name,
      blob{m.sealed_parameters}, m.key_id, m.code, m.parent, m.priority, m.created_at,
      m.run_at, m.expires_at, m.progress, m.client_ref, blob{m.code_hash}, m.code_key_id,
      m.code_asker, m.account);
  if (!added)
    return added.error();
  if (*added)
    db.note_outbox_changed();
  return added->value_or(0);
}

/// The row that has this message's idempotency key already; 0 = none.
result<message_id> find_same(handle& db, const sms_message& m) {
  if (m.idempotency_key.empty())
    return message_id{0};
  auto earlier = db.one(select_by_idempotency_key, read_earlier, m.idempotency_key);
  if (!earlier)
    return earlier.error();
  if (!*earlier)
    return message_id{0};
  if ((*earlier)->phone != m.phone || (*earlier)->purpose != m.purpose)
    return failure(errc::wrong_state, "an idempotency key was used for another message");
  return (*earlier)->id;
}

/// Inserts again after ending the pending row in the way, if that has run out.
result<message_id> insert_past_expired(handle& db, const sms_message& m) {
  auto expired = db.exec(expire_before, m.phone, m.purpose, m.created_at);
  if (!expired)
    return expired.error();
  if (*expired == 0)
    return errc::sms_pending;
  auto id = try_insert(db, m);
  // Another replica was faster.
  if (id && *id == 0)
    return errc::sms_pending;
  return id;
}

constexpr auto prolong_lease = R"sql(
UPDATE sms_messages SET lease_until = $1 WHERE id = $2 AND state = 1 AND lease_token = $3
)sql";

// In the four that follow, $1 to $8 are an attempt and the message: see
// `change_with_attempt`. Success checks no token: what a provider accepted stays
// accepted.
constexpr auto end_delivered = R"sql(
UPDATE sms_messages
SET state = 2, attempt = $9, progress = $10, provider = $11, provider_message_id = $12,
  sealed_parameters = ''::bytea, lease_until = 0, finalized_at = $13
WHERE id = $8 AND state < 2)sql";

constexpr auto end_otherwise = R"sql(
UPDATE sms_messages
SET state = $15::smallint, attempt = $9, progress = $10, provider = $11,
  provider_message_id = $12, sealed_parameters = CASE
    WHEN $15::smallint = 4 AND expires_at > $13 THEN sealed_parameters
    ELSE ''::bytea END,
  lease_until = 0, finalized_at = $13
WHERE id = $8 AND state = 1 AND lease_token = $14)sql";

constexpr auto give_back = R"sql(
UPDATE sms_messages
SET state = 0, run_at = $12, attempt = $9, progress = $10, lease_until = 0
WHERE id = $8 AND state = 1 AND lease_token = $11)sql";

constexpr auto note_progress = R"sql(
UPDATE sms_messages SET attempt = $9, progress = $10
WHERE id = $8 AND state = 1 AND lease_token = $11)sql";

constexpr auto reclaim = R"sql(
UPDATE sms_messages SET state = 0, lease_until = 0
WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages WHERE state = 1 AND lease_until <= $1
  FOR NO KEY UPDATE SKIP LOCKED)))sql";

constexpr auto reclaim_all =
    "UPDATE sms_messages SET state = 0, lease_until = 0 WHERE state = 1";

/// Runs one of these; `args` follow the attempt, if there is one, and the message.
template <class... Args>
result<lease_kept> change(handle& db, const char* update,
                          const std::optional<sms_attempt>& attempt, message_id id,
                          const Args&... args) {
  const sms_attempt none;
  const auto& a = attempt ? *attempt : none;
  const std::array values{parameter{attempt.has_value()},
                          parameter{a.provider},
                          parameter{a.outcome},
                          parameter{a.provider_code},
                          parameter{a.text},
                          parameter{a.started_at},
                          parameter{a.took},
                          parameter{id},
                          parameter{args}...};
  return db.transact([&]() -> result<lease_kept> {
    auto changed = db.dialect().change_with_attempt(db, update, values);
    if (!changed)
      return changed.error();
    return lease_kept{*changed > 0};
  });
}

/// Changes the row of each item in one transaction, in the order of their ids.
template <class Item, class Id, class Change>
result<std::vector<lease_kept>>
change_in_order(handle& db, const std::vector<Item>& items, Id id_of, Change change_one) {
  std::vector<std::pair<message_id, std::size_t>> order;
  for (const auto& item : items)
    order.emplace_back(id_of(item), order.size());
  std::ranges::sort(order);
  return db.transact([&]() -> result<std::vector<lease_kept>> {
    std::vector<lease_kept> out(items.size());
    for (const auto& [id, i] : order) {
      auto kept = change_one(items[i]);
      if (!kept)
        return kept.error();
      out[i] = *kept;
    }
    return out;
  });
}

result<changed_count> made_ready(handle& db, const result<std::int64_t>& changed) {
  if (!changed)
    return changed.error();
  if (*changed > 0)
    db.note_outbox_changed();
  return changed_count{*changed};
}

constexpr auto expire_ready = R"sql(
UPDATE sms_messages SET state = 3, sealed_parameters = ''::bytea, finalized_at = $1
WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages /* sqlite: INDEXED BY sms_messages_ready */
  WHERE state = 0 AND expires_at <= $1
  /* not sqlite */ ORDER BY expires_at /* end */
  LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)))sql";

constexpr auto erase_dead = R"sql(
UPDATE sms_messages SET sealed_parameters = ''::bytea
WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages /* sqlite: INDEXED BY sms_messages_dead_with_parameters */
  WHERE state = 4 AND sealed_parameters <> ''::bytea AND expires_at <= $1
  LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)))sql";

// The earliest `run_at` takes one seek per priority, as claims do.
constexpr auto count_all = R"sql(
WITH RECURSIVE priorities (p) AS (
  SELECT (SELECT priority FROM sms_messages WHERE state = 0
    ORDER BY priority, run_at, id LIMIT 1)
  UNION ALL
  SELECT (SELECT priority FROM sms_messages WHERE state = 0 AND priority > p
    ORDER BY priority, run_at, id LIMIT 1)
  FROM priorities WHERE p IS NOT NULL)
SELECT ready.number,
  (SELECT count(*) FROM sms_messages /* sqlite: INDEXED BY sms_messages_leased */
   WHERE state = 1),
  (SELECT count(*) FROM sms_messages /* sqlite: INDEXED BY sms_messages_ended */
   WHERE state >= 2 AND state = 2),
  (SELECT count(*) FROM sms_messages /* sqlite: INDEXED BY sms_messages_ended */
   WHERE state >= 2 AND state = 3),
  (SELECT count(*) FROM sms_messages /* sqlite: INDEXED BY sms_messages_ended */
   WHERE state >= 2 AND state = 4),
  ready.oldest,
  (SELECT coalesce(min(
    (SELECT run_at FROM sms_messages WHERE state = 0 AND priority = p
     ORDER BY priority, run_at, id LIMIT 1)), 0)
   FROM priorities)
FROM (SELECT count(*) AS number, coalesce(min(created_at), 0) AS oldest
  FROM sms_messages /* sqlite: INDEXED BY sms_messages_ready */
  WHERE state = 0) AS ready)sql";

constexpr auto delete_history = R"sql(
DELETE FROM sms_messages WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages /* sqlite: INDEXED BY sms_messages_ended */
  WHERE state >= 2 AND state IN (2, 3, 4) AND finalized_at < $1
  LIMIT $2 FOR UPDATE SKIP LOCKED)))sql";

outbox_depth read_depth(row& r) {
  return {.ready = r.number(),
          .leased = r.number(),
          .delivered = r.number(),
          .expired = r.number(),
          .dead = r.number(),
          .oldest_ready = r.time(),
          .next_run_at = r.time()};
}

} // namespace

sms_message read_message(row& r) {
  return {.id = r.number(),
          .idempotency_key = r.text(),
          .phone = r.text(),
          .country_prefix = r.text(),
          .region = r.text(),
          .client_address = r.text(),
          .purpose = r.text(),
          .template_name = r.text(),
          .sealed_parameters = r.bytes(),
          .key_id = r.text(),
          .code = r.number(),
          .parent = r.number(),
          .priority = r.number<std::int32_t>(),
          .created_at = r.time(),
          .run_at = r.time(),
          .expires_at = r.time(),
          .state = r.number<message_state>(),
          .attempt = r.number<std::int32_t>(),
          .progress = r.text(),
          .lease_token = r.number(),
          .lease_until = r.time(),
          .client_ref = r.text(),
          .provider = r.text(),
          .provider_message_id = r.text(),
          .receipt = r.text(),
          .finalized_at = r.time(),
          .code_hash = r.bytes(),
          .code_key_id = r.text(),
          .code_asker = r.text(),
          .account = r.number()};
}

result<std::optional<sms_message>> find_message_row(handle& db, message_id id) {
  return db.one(select_message, read_message, id);
}

result<done> end_pending_message(handle& db, const code_key& key, wall_time now) {
  return as_done(db.exec(end_pending, now, key.phone, key.purpose));
}

result<stored_row> store_message_row(handle& db, const sms_message& message) {
  auto id = try_insert(db, message);
  if (id && *id == 0) {
    id = find_same(db, message);
    if (id && *id != 0)
      return stored_row{*id, false};
    if (id)
      id = insert_past_expired(db, message);
  }
  if (!id)
    return id.error();
  return stored_row{*id, true};
}

result<done> store_notice(handle& db, const sms_message& message) {
  const auto stored = store_message_row(db, message);
  if (code_of(stored) == errc::sms_pending)
    return done{};
  if (!stored)
    return stored.error();
  return as_done(db.exec(note_nothing_to_enter, message.created_at, stored->id));
}

result<submitted_message> run(handle& db, const submit_message& command) {
  return db.transact([&]() -> result<submitted_message> {
    auto stored = store_message_row(db, command.message);
    if (!stored)
      return stored.error();
    if (!stored->is_new)
      return submitted_message{stored->id};
    if (command.code)
      if (auto written = write_code_state(db, *command.code); !written)
        return written.error();
    return submitted_message{stored->id};
  });
}

result<message_list> run(handle& db, const claim_messages& command) {
  if (command.limit < 1)
    return message_list{};
  auto out = db.transact([&]() -> result<message_list> {
    auto claimed = db.dialect().claim(db, command);
    if (!claimed)
      return claimed.error();
    message_list list{std::move(*claimed)};
    if (command.with_codes && !list.messages.empty()) {
      auto codes = code_states_of_leases(db, command.now + command.lease);
      if (!codes)
        return codes.error();
      list.codes = std::move(*codes);
    }
    return list;
  });
  if (out)
    std::ranges::sort(out->messages, {}, [](const sms_message& m) {
      return std::tuple{m.priority, m.run_at, m.id};
    });
  return out;
}

result<std::vector<lease_kept>> run(handle& db, const extend_leases& command) {
  return change_in_order(
      db, command.leases, [](const held_lease& held) { return held.id; },
      [&](const held_lease& held) -> result<lease_kept> {
        auto kept =
            db.exec(prolong_lease, command.now + command.lease, held.id, held.token);
        if (!kept)
          return kept.error();
        return lease_kept{*kept > 0};
      });
}

result<lease_kept> run(handle& db, const finish_message& command) {
  const auto& c = command;
  if (c.state == message_state::ready || c.state == message_state::leased)
    return errc::wrong_state;
  if (c.state == message_state::delivered)
    return change(db, end_delivered, c.attempt, c.id, c.tries, c.progress, c.provider,
                  c.provider_message_id, c.now);
  return change(db, end_otherwise, c.attempt, c.id, c.tries, c.progress, c.provider,
                c.provider_message_id, c.now, c.token, c.state);
}

result<lease_kept> run(handle& db, const reschedule_message& command) {
  const auto& c = command;
  auto kept =
      change(db, give_back, c.attempt, c.id, c.tries, c.progress, c.token, c.run_at);
  if (kept && kept->kept)
    db.note_outbox_changed();
  return kept;
}

result<lease_kept> run(handle& db, const record_attempt& command) {
  return change(db, note_progress, command.attempt, command.id, command.tries,
                command.progress, command.token);
}

result<std::vector<lease_kept>> run(handle& db, const write_outcomes& command) {
  return change_in_order(
      db, command.outcomes,
      [](const message_outcome& outcome) {
        return std::visit([](const auto& one) { return one.id; }, outcome);
      },
      [&](const message_outcome& outcome) {
        return std::visit([&](const auto& one) { return run(db, one); }, outcome);
      });
}

result<changed_count> run(handle& db, const reclaim_leases& command) {
  return made_ready(db,
                    command.all ? db.exec(reclaim_all) : db.exec(reclaim, command.now));
}

result<changed_count> run(handle& db, const expire_messages& command) {
  return db.transact([&]() -> result<changed_count> {
    auto expired = db.exec(expire_ready, command.now, command.limit);
    if (!expired)
      return expired.error();
    if (auto erased = db.exec(erase_dead, command.now, command.limit); !erased)
      return erased.error();
    return changed_count{*expired};
  });
}

result<outbox_depth> run(handle& db, const count_messages&) {
  auto counted = db.one(count_all, read_depth);
  if (!counted)
    return counted.error();
  return counted->value_or(outbox_depth{});
}

result<changed_count> run(handle& db, const remove_history& command) {
  auto removed = db.exec(delete_history, command.before, command.limit);
  if (!removed)
    return removed.error();
  return changed_count{*removed};
}

} // namespace tinybook::storage
