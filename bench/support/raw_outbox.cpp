#include "bench/support/raw_outbox.hpp"

#include "storage/support/calendar.hpp"

#include <string>

namespace tinybook::bench {

namespace {

constexpr const char* insert_message_sql =
    "INSERT INTO sms_messages (idempotency_key, phone, country_prefix, region,"
    " client_address, purpose, template_name, sealed_parameters, key_id, code_id, "
    "parent_id, priority,"
    " created_at, run_at, expires_at, progress, client_ref)"
    " VALUES (?, ?, '+86', 'CN', '127.0.0.1', 'login', 'login_code', CAST(? AS BLOB), "
    "'k1', ?, 0, 0, "
    "?, ?, ?,"
    " '', ?)";
constexpr const char* insert_state_sql =
    "INSERT INTO code_states (phone, purpose, codes, "
    "others_used, others_since, last_sent,"
    " matters_until) VALUES (?, 'login', ?, 0, 0, ?, ?)";

} // namespace

raw_outbox::raw_outbox(const std::filesystem::path& folder)
    : db_(folder),
      message_(db_.prepare(insert_message_sql)),
      state_(db_.prepare(insert_state_sql)),
      key_(secret_key::generate(random_)) {}

void raw_outbox::insert_one() {
  auto now = to_unix_ms(std::chrono::system_clock::now());
  auto phone = "+86138" + std::to_string(10'000'000 + ++serial_);
  auto ref = random_id(random_);
  auto code = six_digit_code(random_);
  auto hash = keyed_hash(key_, {phone, "login", code});
  auto sealed = seal(random_, key_, R"({"code":")" + code + R"(","minutes":"10"})", ref);
  db_.run(message_, random_id(random_), phone, sealed, serial_, now, now, now + 600'000,
          ref);
  db_.run(state_, phone, "[{\"hash\":\"" + sha256_hex(hash) + "\"}]", now,
          now + 86'400'000);
}

void raw_outbox::insert_group(int rows) {
  db_.execute("BEGIN IMMEDIATE");
  for (int i = 0; i < rows; ++i)
    insert_one();
  db_.execute("COMMIT");
}

} // namespace tinybook::bench
