#include "bench/support/stored_outbox.hpp"

#include "actors/sms/sealed_parameters.hpp"
#include "bench/support/plain_sqlite.hpp"
#include "storage/sqlite/database.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <vector>

namespace tinybook::bench {

namespace {

constexpr std::int64_t sqlite_commit_rows = 1'000;

/// Reads all columns of each due row, as a sender needs them.
constexpr auto sqlite_due = R"sql(
SELECT id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at
FROM sms_messages INDEXED BY sms_messages_ready
WHERE state = 0 AND priority = 0 AND run_at <= ? ORDER BY run_at, id LIMIT ?)sql";
constexpr auto sqlite_lease =
    "UPDATE sms_messages SET state = 1, lease_token = lease_token + 1,"
    " lease_until = ? WHERE id = ?";
constexpr auto sqlite_end = R"sql(
UPDATE sms_messages
SET state = 2, attempt = 1, progress = ?, provider = 'bench', provider_message_id = ?,
  sealed_parameters = x'', lease_until = 0, finalized_at = ?
WHERE id = ? AND state < 2)sql";
constexpr auto sqlite_attempt = R"sql(
INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text, started_at,
  took_ms) VALUES (?, 'bench', 'delivered', '', '', ?, 0))sql";

constexpr auto sqlite_pending = R"sql(
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
INSERT INTO sms_messages (idempotency_key, phone, country_prefix, region,
  client_address, purpose, template_name, sealed_parameters, key_id, code_id, priority, created_at, run_at,
  expires_at, progress, client_ref)
SELECT printf('%032x', i), printf('+86138%08d', i), '+86', 'CN', '127.0.0.1', 'login',
  'login_code', randomblob(80), 'k1', i, 0, ?2, ?2 + i, ?2 + 86400000, '',
  printf('ref%029x', i)
FROM n)sql";

template <class T>
T must(result<T> r) {
  if (!r)
    throw std::runtime_error(r.error().detail);
  return std::move(*r);
}

} // namespace

std::string phone_of(std::int64_t index) {
  return "+86138" + std::to_string(10'000'000 + index);
}

std::string code_hash() {
  return std::string(32, 'h');
}

storage::submit_message message_of(std::int64_t index, const keyring& keys,
                                   random_source& random, wall_time run_at) {
  storage::submit_message out;
  auto& m = out.message;
  m.idempotency_key = random_id(random);
  m.phone = phone_of(index);
  m.country_prefix = "+86";
  m.region = "CN";
  m.client_address = "127.0.0.1";
  m.purpose = "login";
  m.template_name = "login_code";
  m.code = index;
  m.created_at = run_at;
  m.run_at = run_at;
  m.expires_at = run_at + std::chrono::minutes{10};
  m.client_ref = random_id(random);
  seal_content(m, {{{"code", "123456"}, {"minutes", "10"}}, language::zh}, keys, random);
  live_code code;
  code.code_id = index;
  code.hash = code_hash();
  code.key_id = keys.current_id();
  code.expires_at = m.expires_at;
  code.tries_left = 3;
  code.others_left = 3;
  code_state state;
  state.codes.push_back(code);
  state.last_sent = run_at;
  out.code = storage::keyed_code_state{
      {m.phone, m.purpose}, state, run_at + std::chrono::hours{24}};
  return out;
}

void store_messages(const std::filesystem::path& folder, const keyring& keys,
                    std::int64_t rows, wall_time run_at) {
  auto database = must(storage::sqlite_database::open({.folder = folder}));
  auto writer = must(database->open_writer());
  system_random random;
  for (std::int64_t from = 1; from <= rows; from += sqlite_commit_rows) {
    std::vector<storage::connection::write> writes;
    for (auto i = from; i < from + sqlite_commit_rows && i <= rows; ++i)
      writes.emplace_back([&, i] {
        (void)must(writer->run(message_of(i, keys, random, run_at)));
        return true;
      });
    (void)must(writer->write_batch(writes));
  }
}

std::string webhook_body(std::int64_t index) {
  const nlohmann::json body{
      {"id", "abcdefghijklmnopqrstuv"},
      {"phone", phone_of(index)},
      {"template", "login_code"},
      {"parameters", {{"code", "123456"}, {"minutes", "10"}}},
      {"purpose", "login"},
      {"expires_at", "2026-01-01T00:10:00Z"},
      {"text", *render_message("login_code", {{"code", "123456"}, {"minutes", "10"}},
                               language::zh)}};
  return body.dump();
}

double drain_raw(const std::filesystem::path& folder, int batch) {
  plain_sqlite db{folder};
  auto* find = db.prepare(sqlite_due);
  auto* take = db.prepare(sqlite_lease);
  auto* end = db.prepare(sqlite_end);
  auto* note = db.prepare(sqlite_attempt);
  system_random random;
  std::int64_t done = 0;
  const auto began = std::chrono::steady_clock::now();
  for (;;) {
    const auto now = to_unix_ms(system_now());
    db.execute("BEGIN IMMEDIATE");
    const auto ids = db.read_all(find, now, batch);
    for (const auto id : ids)
      db.run(take, now + 15'000, id);
    db.execute("COMMIT");
    if (ids.empty())
      break;
    db.execute("BEGIN IMMEDIATE");
    for (const auto id : ids) {
      db.run(end, std::string{sent_progress}, random_id(random), now, id);
      db.run(note, id, now);
    }
    db.execute("COMMIT");
    done += std::ssize(ids);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return static_cast<double>(done) / took.count();
}

void store_pending(const std::filesystem::path& folder, std::int64_t rows,
                   wall_time run_at) {
  plain_sqlite db{folder};
  db.run(db.prepare(sqlite_pending), rows, to_unix_ms(run_at));
}

} // namespace tinybook::bench
