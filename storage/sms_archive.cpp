#include "storage/sms_archive.hpp"

#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

#include <limits>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto select_attempts = R"sql(
SELECT message_id, provider, outcome, provider_code, text, started_at, took_ms
FROM sms_attempts WHERE message_id = $1 ORDER BY id)sql";

constexpr auto select_receipts = R"sql(
SELECT provider, delivered, provider_code, text, received_at
FROM sms_receipts WHERE message_id = $1 ORDER BY id)sql";

constexpr auto select_handled =
    "SELECT handled, handled_by FROM sms_messages WHERE id = $1";

sms_attempt read_attempt(row& r) {
  return {.message = r.number(),
          .provider = r.text(),
          .outcome = r.text(),
          .provider_code = r.text(),
          .text = r.text(),
          .started_at = r.time(),
          .took = r.duration()};
}

sms_receipt read_receipt(row& r) {
  return {.provider = r.text(),
          .delivered = r.flag(),
          .provider_code = r.text(),
          .text = r.text(),
          .received_at = r.time()};
}

struct handled_mark {
  handled how = handled::not_yet;
  std::string by;
};

handled_mark read_handled(row& r) {
  return {.how = r.number<handled>(), .by = r.text()};
}

/// The row with its tries and reports, and what was done about it.
result<std::optional<message_history>> find_history(handle& db, message_id id) {
  auto message = find_message_row(db, id);
  if (!message)
    return message.error();
  if (!*message)
    return std::optional<message_history>{};
  auto attempts = db.all(select_attempts, read_attempt, id);
  if (!attempts)
    return attempts.error();
  auto receipts = db.all(select_receipts, read_receipt, id);
  if (!receipts)
    return receipts.error();
  auto mark = db.one(select_handled, read_handled, id);
  if (!mark)
    return mark.error();
  auto known = mark->value_or(handled_mark{});
  return std::optional{message_history{.message = std::move(**message),
                                       .attempts = std::move(*attempts),
                                       .receipts = std::move(*receipts),
                                       .handled_by = std::move(known.by),
                                       .discarded = known.how == handled::discarded}};
}

constexpr auto select_state =
    "SELECT state, handled FROM sms_messages WHERE id = $1 FOR NO KEY UPDATE";

constexpr auto mark_redriven =
    "UPDATE sms_messages SET handled = 1, handled_by = $1 WHERE id = $2";

constexpr auto mark_discarded = R"sql(
UPDATE sms_messages SET handled = 2, handled_by = $1, sealed_parameters = ''::bytea
WHERE id = $2)sql";

struct standing {
  message_state state = message_state::ready;
  handled how = handled::not_yet;
};

standing read_standing(row& r) {
  return {.state = r.number<message_state>(), .how = r.number<handled>()};
}

/// Whether an operator may still do something about the row.
result<done> check_open(handle& db, message_id id) {
  auto found = db.one(select_state, read_standing, id);
  if (!found)
    return found.error();
  if (!*found)
    return errc::message_not_found;
  const auto [state, how] = **found;
  if (state != message_state::dead && state != message_state::expired)
    return failure(errc::wrong_state, "the message is neither dead nor expired");
  if (how != handled::not_yet)
    return failure(errc::wrong_state, "the message was redriven or discarded before");
  return done{};
}

// The three differ only in what they scan: the index of what went wrong, that of what is
// pending, or the table. $1 bits of states, $2 with handled ones, $3 below this id, $4
// provider, $5 purpose, $6 country prefix, $7 how many.

constexpr sql_part that_are_asked_for = R"sql(
  AND id < $3 AND ($2::boolean OR handled = 0) AND ($1::bigint >> state) & 1 = 1
  AND ($5 = '' OR purpose = $5) AND ($6 = '' OR country_prefix = $6)
  AND ($4 = '' OR provider = $4 OR EXISTS (
    SELECT 1 FROM sms_attempts AS a WHERE a.message_id = m.id AND a.provider = $4))
ORDER BY id DESC LIMIT $7)sql";

constexpr auto ids_of_wrong = joined_sql<R"sql(
SELECT id FROM sms_messages AS m /* sqlite: INDEXED BY sms_messages_wrong */
WHERE state >= 3)sql",
                                         that_are_asked_for>;

constexpr auto ids_of_pending = joined_sql<R"sql(
SELECT id FROM sms_messages AS m /* sqlite: INDEXED BY sms_messages_pending */
WHERE state < 2)sql",
                                           that_are_asked_for>;

constexpr auto ids_of_any = joined_sql<R"sql(
SELECT id FROM sms_messages AS m /* sqlite: NOT INDEXED */
WHERE true)sql",
                                       that_are_asked_for>;

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

/// One id more than the page holds, where there is one: then a page follows.
result<std::vector<message_id>> ids_of(handle& db, const list_messages& c) {
  constexpr auto no_bound = std::numeric_limits<std::int64_t>::max();
  const auto bits = bits_of(c.states);
  return db.all(
      query_for(bits), [](row& r) { return r.number(); }, bits, c.with_handled,
      c.before == 0 ? no_bound : c.before, c.provider, c.purpose, c.country_prefix,
      c.limit < no_bound ? c.limit + 1 : c.limit);
}

// `id + 0` keeps the planner from scanning the primary key, newest first.
constexpr auto id_by_provider = R"sql(
SELECT id FROM sms_messages /* sqlite: INDEXED BY sms_messages_by_provider */
WHERE provider_message_id <> '' AND provider = $1 AND provider_message_id = $2
  AND phone IN ($3, $4)
ORDER BY id + 0 DESC LIMIT 1 FOR NO KEY UPDATE)sql";

constexpr auto id_by_client_ref = R"sql(
SELECT id FROM sms_messages AS m /* sqlite: INDEXED BY sms_messages_by_client_ref */
WHERE client_ref <> '' AND client_ref = $1 AND phone IN ($2, $3) AND EXISTS (
  SELECT 1 FROM sms_attempts AS a
  WHERE a.message_id = m.id AND a.provider = $4 AND a.outcome = 'ambiguous')
ORDER BY id + 0 DESC LIMIT 1 FOR NO KEY UPDATE)sql";

constexpr auto count_same = R"sql(
SELECT count(*) FROM sms_receipts
WHERE message_id = $1 AND provider = $2 AND provider_message_id = $3 AND delivered = $4
  AND provider_code = $5 AND text = $6)sql";

constexpr auto insert_receipt = R"sql(
INSERT INTO sms_receipts (message_id, provider, provider_message_id, delivered,
  provider_code, text, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

constexpr auto note_first = R"sql(
UPDATE sms_messages SET receipt = $1 WHERE id = $2 AND receipt = '')sql";

constexpr auto keep_early = R"sql(
INSERT INTO sms_early_receipts (provider, provider_message_id, client_ref, phone,
  domestic_phone, delivered, provider_code, text, received_at)
SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::boolean, $7::text, $8::text, $9::bigint
WHERE NOT EXISTS (
  SELECT 1 FROM sms_early_receipts
  WHERE provider = $1 AND provider_message_id = $2 AND client_ref = $3 AND phone = $4
    AND delivered = $6 AND provider_code = $7 AND text = $8))sql";

constexpr auto forget_most = R"sql(
DELETE FROM sms_early_receipts
WHERE id <= (SELECT max(id) FROM sms_early_receipts) - $1)sql";

constexpr auto forget_old = "DELETE FROM sms_early_receipts WHERE received_at <= $1";

constexpr auto joinable = R"sql(
SELECT id, provider, provider_message_id, client_ref, phone, domestic_phone, delivered,
  provider_code, text, received_at
FROM sms_early_receipts AS e
WHERE EXISTS (
  SELECT 1 FROM sms_messages AS m
  WHERE m.provider_message_id <> '' AND m.provider = e.provider
    AND m.provider_message_id = e.provider_message_id
    AND m.phone IN (e.phone, e.domestic_phone))
OR EXISTS (
  SELECT 1 FROM sms_messages AS m JOIN sms_attempts AS a ON a.message_id = m.id
  WHERE m.client_ref <> '' AND m.client_ref = e.client_ref
    AND m.phone IN (e.phone, e.domestic_phone)
    AND a.provider = e.provider AND a.outcome = 'ambiguous')
ORDER BY id LIMIT $1 FOR UPDATE OF e SKIP LOCKED)sql";

constexpr auto forget_one = "DELETE FROM sms_early_receipts WHERE id = $1";
constexpr auto any_left = "SELECT EXISTS (SELECT 1 FROM sms_early_receipts)";

struct early_receipt {
  std::int64_t id = 0;
  record_receipt came;
};

early_receipt read_early(row& r) {
  early_receipt out;
  out.id = r.number();
  auto& report = out.came.report;
  report.provider = r.text();
  report.provider_message_id = r.text();
  report.client_ref = r.text();
  report.phone = r.text();
  report.domestic_phone = r.text();
  report.delivered = r.flag();
  report.provider_code = r.text();
  report.text = r.text();
  out.came.now = r.time();
  return out;
}

/// The message that `report` is about, locked until the transaction ends; 0 = none.
result<message_id> message_of(handle& db, const receipt& report) {
  auto found = db.one(id_by_provider, read_number, report.provider,
                      report.provider_message_id, report.phone, report.domestic_phone);
  if (found && !*found)
    found = db.one(id_by_client_ref, read_number, report.client_ref, report.phone,
                   report.domestic_phone, report.provider);
  if (!found)
    return found.error();
  return found->value_or(0);
}

result<bool> was_noted(handle& db, message_id id, const receipt& report) {
  auto same =
      db.one(count_same, read_number, id, report.provider, report.provider_message_id,
             report.delivered, report.provider_code, report.text);
  if (!same)
    return same.error();
  return same->value_or(0) != 0;
}

result<done> note(handle& db, message_id id, const record_receipt& c) {
  const auto& r = c.report;
  auto added = db.exec(insert_receipt, id, r.provider, r.provider_message_id, r.delivered,
                       r.provider_code, r.text, c.now);
  if (!added)
    return added.error();
  const std::string_view word = r.delivered ? "delivered" : "failed";
  if (auto first = db.exec(note_first, word, id); !first)
    return first.error();
  return done{};
}

result<receipt_noted> join(handle& db, message_id id, const record_receipt& command) {
  auto known = was_noted(db, id, command.report);
  if (!known)
    return known.error();
  if (*known)
    return receipt_noted{receipt_fate::duplicate, std::nullopt};
  if (auto noted = note(db, id, command); !noted)
    return noted.error();
  auto message = find_message_row(db, id);
  if (!message)
    return message.error();
  return receipt_noted{receipt_fate::joined, std::move(*message)};
}

result<receipt_noted> keep(handle& db, const record_receipt& c) {
  const auto& r = c.report;
  auto kept =
      db.exec(keep_early, r.provider, r.provider_message_id, r.client_ref, r.phone,
              r.domestic_phone, r.delivered, r.provider_code, r.text, c.now);
  if (!kept)
    return kept.error();
  if (auto bounded = db.exec(forget_most, c.most_early); !bounded)
    return bounded.error();
  return receipt_noted{receipt_fate::unknown, std::nullopt};
}

/// Nothing where its message has been deleted meanwhile.
result<std::optional<joined_receipt>> join_kept(handle& db, const early_receipt& early) {
  auto id = message_of(db, early.came.report);
  if (!id)
    return id.error();
  if (*id == 0)
    return std::optional<joined_receipt>{};
  auto noted = join(db, *id, early.came);
  if (!noted)
    return noted.error();
  if (auto taken = db.exec(forget_one, early.id); !taken)
    return taken.error();
  return std::optional{joined_receipt{early.came.report, std::move(*noted)}};
}

} // namespace

result<message_history> run(handle& db, const find_message& command) {
  return db.read_together([&]() -> result<message_history> {
    auto found = find_history(db, command.id);
    if (!found)
      return found.error();
    if (!*found)
      return errc::message_not_found;
    return std::move(**found);
  });
}

namespace {

template <class Command>
result<done> note_act(handle& db, const Command& command, const std::string& what) {
  return record(db, {.at = command.now,
                     .kind = audit_kind::operator_acted,
                     .from = {.by = command.by, .reason = command.reason},
                     .detail = what + " message " + std::to_string(command.id)});
}

} // namespace

result<submitted_message> run(handle& db, const redrive_message& command) {
  return db.transact_alone([&]() -> result<submitted_message> {
    if (auto open = check_open(db, command.id); !open)
      return open.error();
    auto old = find_message_row(db, command.id);
    if (!old)
      return old.error();
    if ((*old)->expires_at <= command.now || (*old)->sealed_parameters.empty())
      return errc::message_expired;
    auto fresh = command.replacement;
    fresh.parent = command.id;
    fresh.expires_at = (*old)->expires_at;
    fresh.created_at = fresh.run_at = command.now;
    auto stored = store_message_row(db, fresh);
    if (!stored)
      return stored.error();
    if (!stored->is_new)
      return failure(errc::wrong_state, "the replacement's key names another message");
    if (auto marked = as_done(db.exec(mark_redriven, command.by, command.id)); !marked)
      return marked.error();
    if (auto noted = note_act(db, command, "redrive"); !noted)
      return noted.error();
    return submitted_message{stored->id};
  });
}

result<done> run(handle& db, const discard_message& command) {
  return db.transact_alone([&]() -> result<done> {
    if (auto open = check_open(db, command.id); !open)
      return open;
    if (auto marked = as_done(db.exec(mark_discarded, command.by, command.id)); !marked)
      return marked;
    return note_act(db, command, "discard");
  });
}

result<history_page> run(handle& db, const list_messages& command) {
  if (command.limit < 1)
    return history_page{};
  return db.read_together([&]() -> result<history_page> {
    auto ids = ids_of(db, command);
    if (!ids)
      return ids.error();
    history_page out;
    for (const auto id : *ids) {
      if (std::ssize(out.messages) == command.limit) {
        out.next = out.messages.back().message.id;
        break;
      }
      auto found = find_history(db, id);
      if (!found)
        return found.error();
      if (*found)
        out.messages.push_back(std::move(**found));
    }
    return out;
  });
}

result<receipt_noted> run(handle& db, const record_receipt& command) {
  return db.transact_alone([&]() -> result<receipt_noted> {
    auto id = message_of(db, command.report);
    if (!id)
      return id.error();
    return *id == 0 ? keep(db, command) : join(db, *id, command);
  });
}

result<joined_receipts> run(handle& db, const join_early_receipts& command) {
  return db.transact_alone([&]() -> result<joined_receipts> {
    joined_receipts out;
    if (auto gone = db.exec(forget_old, command.now - longest_early_receipt); !gone)
      return gone.error();
    auto kept = db.all(joinable, read_early, command.limit);
    if (!kept)
      return kept.error();
    for (const auto& early : *kept) {
      auto one = join_kept(db, early);
      if (!one)
        return one.error();
      if (*one)
        out.joined.push_back(std::move(**one));
    }
    auto left = db.one(any_left, [](row& r) { return r.flag(); });
    if (!left)
      return left.error();
    out.more = left->value_or(false);
    return out;
  });
}

} // namespace tinybook::storage
