#include "bench/support/postgres_outbox.hpp"

#include "bench/support/stored_outbox.hpp"
#include "config/loader.hpp"
#include "storage/connection.hpp"
#include "storage/support/encoding.hpp"
#include "storage/support/random.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <exception>
#include <initializer_list>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tinybook::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t postgres_commit_rows = 500;
constexpr std::int64_t lease_ms = 15'000;

constexpr auto postgres_insert = R"sql(
INSERT INTO sms_messages (idempotency_key, phone, country_prefix, region,
  client_address, purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, progress, client_ref)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $12, $13, '', $14))sql";

// In the order of the index of ready rows, as the product's claim is.
constexpr auto postgres_claim = R"sql(
WITH due AS MATERIALIZED (
  SELECT id FROM sms_messages
  WHERE state = 0 AND priority = 0 AND run_at <= $1
  ORDER BY priority, run_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
UPDATE sms_messages
SET state = 1, lease_token = lease_token + 1, lease_until = $2
WHERE id = ANY (ARRAY (SELECT id FROM due))
RETURNING id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at)sql";

constexpr auto postgres_complete = R"sql(
WITH changed AS (
  UPDATE sms_messages
  SET state = 2, attempt = 1, progress = $2, provider = 'bench', provider_message_id = $3,
    sealed_parameters = '', lease_until = 0, finalized_at = $4
  WHERE id = $1 AND state < 2 RETURNING id),
tried AS (
  INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text,
    started_at, took_ms)
  SELECT id, 'bench', 'delivered', '', '', $4::bigint, 0 FROM changed)
SELECT id FROM changed)sql";

// A log-in by code, as the product's store commits it.
constexpr auto postgres_family = R"sql(
INSERT INTO session_families (id, user_id, generation, rotated_at, expires_at, revoked_at)
SELECT $1, id, 1, $3::bigint, $4::bigint, 0 FROM users WHERE id = $2
ON CONFLICT (id) DO NOTHING)sql";
constexpr auto postgres_codes = R"sql(
SELECT id, parent_id, code_id, code_hash, code_key_id, expires_at, code_asker
FROM sms_messages
WHERE phone = $1 AND purpose = 'login' AND verified_at = 0 AND expires_at > $2
ORDER BY id FOR NO KEY UPDATE)sql";
constexpr auto postgres_enter = R"sql(
UPDATE sms_messages SET verified_at = $2, code_hash = ''::bytea
WHERE phone = $1 AND purpose = 'login' AND verified_at = 0 AND expires_at > $2)sql";
constexpr auto postgres_expire = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = ''::bytea, lease_until = 0, finalized_at = $2
WHERE phone = $1 AND purpose = 'login' AND state < 2)sql";
constexpr auto postgres_clear =
    "UPDATE code_states SET codes = '' WHERE phone = $1 AND purpose = 'login'";
constexpr auto postgres_verified = R"sql(
INSERT INTO verified_phones (phone, first_at, last_at) VALUES ($1, $2, $2)
ON CONFLICT (phone) DO UPDATE
SET last_at = excluded.last_at
WHERE excluded.last_at > verified_phones.last_at)sql";

constexpr std::int64_t session_ms = 30LL * 24 * 3600 * 1000;

void insert_one(pqxx::work& tx, const storage::sms_message& m) {
  tx.exec_prepared("insert", m.idempotency_key, m.phone, m.country_prefix, m.region,
                   m.client_address, m.purpose, m.template_name,
                   "\\x" + hex_encode(m.sealed_parameters), m.key_id, m.code,
                   to_unix_ms(m.created_at), to_unix_ms(m.run_at),
                   to_unix_ms(m.expires_at), m.client_ref);
}

} // namespace

std::chrono::duration<double>
on_connections(const std::string& url, int connections,
               const std::function<void(pqxx::connection&)>& work) {
  clock_type::time_point began;
  std::barrier ready{connections, [&]() noexcept {
                       began = clock_type::now();
                     }};
  std::vector<std::exception_ptr> failed(static_cast<std::size_t>(connections));
  std::vector<std::thread> threads;
  for (int t = 0; t < connections; ++t)
    threads.emplace_back([&, t] {
      bool waits = true;
      try {
        pqxx::connection db{url};
        for (const auto& [name, sql] :
             std::initializer_list<std::pair<const char*, const char*>>{
                 {"insert", postgres_insert},
                 {"claim", postgres_claim},
                 {"complete", postgres_complete},
                 {"family", postgres_family},
                 {"codes", postgres_codes},
                 {"enter", postgres_enter},
                 {"expire", postgres_expire},
                 {"clear", postgres_clear},
                 {"verified", postgres_verified}})
          db.prepare(name, sql);
        waits = false;
        ready.arrive_and_wait();
        work(db);
      } catch (...) {
        failed[static_cast<std::size_t>(t)] = std::current_exception();
        if (waits)
          ready.arrive_and_drop();
      }
    });
  for (auto& t : threads)
    t.join();
  const auto ended = clock_type::now();
  for (const auto& why : failed)
    if (why)
      std::rethrow_exception(why);
  return ended - began;
}

void use_raw(pqxx::connection& db, std::int64_t first, std::int64_t last) {
  const auto now = to_unix_ms(system_now());
  system_random random;
  pqxx::work tx{db};
  for (auto i = first; i <= last; ++i) {
    const auto phone = phone_of(i);
    tx.exec_prepared("family", random_id(random), i, now, now + session_ms);
    if (tx.exec_prepared("codes", phone, now).empty())
      throw std::runtime_error("bare: the message of a code is missing");
    tx.exec_prepared("enter", phone, now);
    tx.exec_prepared("expire", phone, now);
    tx.exec_prepared("clear", phone);
    tx.exec_prepared("verified", phone, now);
  }
  tx.commit();
}

std::shared_ptr<storage::postgres_database> open_postgres(const std::string& url,
                                                          const std::string& replica) {
  storage::postgres_options options{config::defaults().postgres};
  options.url = url;
  options.replica = replica;
  auto opened = storage::postgres_database::open(std::move(options));
  if (!opened)
    throw std::runtime_error(opened.error().detail);
  return std::move(*opened);
}

void store_in_postgres(storage::postgres_database& database,
                       const std::vector<storage::submit_message>& messages) {
  auto writer = database.open_writer();
  if (!writer)
    throw std::runtime_error(writer.error().detail);
  if (auto there = (*writer)->ping(); !there)
    throw std::runtime_error(there.error().detail);
  for (std::size_t from = 0; from < messages.size(); from += postgres_commit_rows) {
    std::vector<storage::connection::write> writes;
    std::string refused;
    for (auto i = from; i < std::min(messages.size(), from + postgres_commit_rows); ++i)
      writes.emplace_back([&, i] {
        auto stored = (*writer)->run(messages[i]);
        if (!stored)
          refused = stored.error().detail;
        return stored.ok();
      });
    if (auto written = (*writer)->write_batch(writes); !written)
      throw std::runtime_error(written.error().detail);
    if (!refused.empty())
      throw std::runtime_error(refused);
  }
}

double insert_raw(const std::string& url,
                  const std::vector<storage::submit_message>& messages, int connections,
                  std::size_t batch) {
  std::atomic<std::size_t> next{0};
  const auto took = on_connections(url, connections, [&](pqxx::connection& db) {
    for (auto from = next.fetch_add(batch); from < messages.size();
         from = next.fetch_add(batch)) {
      pqxx::work tx{db};
      for (auto i = from; i < std::min(messages.size(), from + batch); ++i)
        insert_one(tx, messages[i].message);
      tx.commit();
    }
  });
  return static_cast<double>(messages.size()) / took.count();
}

double drain_raw(const std::string& url, int connections, int batch) {
  std::atomic<std::int64_t> ended{0};
  const auto took = on_connections(url, connections, [&](pqxx::connection& db) {
    system_random random;
    for (;;) {
      const auto now = to_unix_ms(system_now());
      pqxx::work claiming{db};
      const auto rows = claiming.exec_prepared("claim", now, now + lease_ms, batch);
      claiming.commit();
      if (rows.empty())
        return;
      pqxx::work ending{db};
      for (const auto& row : rows)
        ending.exec_prepared("complete", row[0].as<std::int64_t>(), sent_progress,
                             random_id(random), now);
      ending.commit();
      ended += static_cast<std::int64_t>(rows.size());
    }
  });
  return static_cast<double>(ended) / took.count();
}

} // namespace tinybook::bench
