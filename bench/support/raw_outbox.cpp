#include "bench/support/raw_outbox.hpp"

#include "bench/support/plain_sqlite.hpp"
#include "storage/sqlite/database.hpp"

#include <stdexcept>
#include <string>

namespace tinybook::bench {

namespace {

constexpr const char* insert_message_sql =
    "INSERT INTO sms_messages (idempotency_key, phone, country_prefix, region,"
    " client_address, purpose, template_name, sealed_parameters, key_id, code_id, "
    "parent_id, priority,"
    " created_at, run_at, expires_at, progress, client_ref)"
    " VALUES (?, ?, '+86', 'CN', '127.0.0.1', 'login', 'login_code', ?, 'k1', ?, 0, 0, "
    "?, ?, ?,"
    " '', ?)";
constexpr const char* insert_state_sql =
    "INSERT INTO code_states (phone, purpose, codes, "
    "others_used, others_since, last_sent,"
    " matters_until) VALUES (?, 'login', ?, 0, 0, ?, ?)";

void put(sqlite3_stmt* s, int at, const std::string& text) {
  check_sqlite(sqlite3_bind_text(s, at, text.data(), static_cast<int>(text.size()),
                                 SQLITE_TRANSIENT)); // NOLINT: SQLite's own cast
}

void put(sqlite3_stmt* s, int at, std::int64_t number) {
  check_sqlite(sqlite3_bind_int64(s, at, number));
}

void run(sqlite3_stmt* s) {
  check_sqlite(sqlite3_step(s));
  check_sqlite(sqlite3_reset(s));
}

} // namespace

raw_outbox::raw_outbox(const std::filesystem::path& folder)
    : key_(secret_key::generate(random_)) {
  if (auto made = storage::sqlite_database::open({.folder = folder}); !made)
    throw std::runtime_error(made.error().detail);
  else if (auto migrated = (*made)->open_writer(); !migrated)
    throw std::runtime_error(migrated.error().detail);
  check_sqlite(sqlite3_open((folder / "tinybook.db").c_str(), &db_));
  execute("PRAGMA journal_mode=WAL");
  execute("PRAGMA synchronous=FULL");
  message_ = prepare(insert_message_sql);
  state_ = prepare(insert_state_sql);
}

raw_outbox::~raw_outbox() {
  sqlite3_finalize(message_);
  sqlite3_finalize(state_);
  sqlite3_close(db_);
}

sqlite3_stmt* raw_outbox::prepare(const char* sql) {
  sqlite3_stmt* s = nullptr;
  check_sqlite(sqlite3_prepare_v2(db_, sql, -1, &s, nullptr));
  return s;
}

void raw_outbox::execute(const char* sql) {
  check_sqlite(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
}

void raw_outbox::insert_one() {
  auto now = to_unix_ms(std::chrono::system_clock::now());
  auto phone = "+86138" + std::to_string(10'000'000 + ++serial_);
  auto ref = random_id(random_);
  auto code = six_digit_code(random_);
  auto hash = keyed_hash(key_, {phone, "login", code});
  auto sealed = seal(random_, key_, R"({"code":")" + code + R"(","minutes":"10"})", ref);
  put(message_, 1, random_id(random_));
  put(message_, 2, phone);
  check_sqlite(sqlite3_bind_blob(message_, 3, sealed.data(),
                                 static_cast<int>(sealed.size()),
                                 SQLITE_TRANSIENT)); // NOLINT: SQLite's own cast
  put(message_, 4, serial_);
  put(message_, 5, now);
  put(message_, 6, now);
  put(message_, 7, now + 600'000);
  put(message_, 8, ref);
  run(message_);
  put(state_, 1, phone);
  put(state_, 2, "[{\"hash\":\"" + sha256_hex(hash) + "\"}]");
  put(state_, 3, now);
  put(state_, 4, now + 86'400'000);
  run(state_);
}

void raw_outbox::insert_group(int rows) {
  execute("BEGIN IMMEDIATE");
  for (int i = 0; i < rows; ++i)
    insert_one();
  execute("COMMIT");
}

} // namespace tinybook::bench
