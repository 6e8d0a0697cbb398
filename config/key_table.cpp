#include "config/key_table.hpp"

#include "config/toml_value.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace tinybook::config {

namespace {

char environment_char(char c) {
  if (c == '.')
    return '_';
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

const key* find_in(std::span<const key> keys, std::string_view name) {
  const auto found = std::ranges::find(keys, name, &key::name);
  return found == keys.end() ? nullptr : &*found;
}

} // namespace

std::span<const section> sections() {
  static const auto all = std::to_array<section>({
      {"", "", top_keys()},
      {"http", "The public listener and its bounds.", http_keys()},
      {"admin", "The listener to look inside: actors, metrics, actions.", admin_keys()},
      {"storage", "Where data is kept.", storage_keys()},
      {"replica", "One of several processes over the same data.", replica_keys()},
      {"keys", "Master keys: tokens, code hashes and parameters are made with theirs.",
       keyring_keys()},
      {"postgres", "The shared database, where storage.database is \"postgres\".",
       postgres_keys()},
      {"redis", "Where any part is kept in Redis.", redis_keys()},
      {"kafka", "Where events.bus is \"kafka\".", kafka_keys()},
      {"log", "What is written to standard error.", log_keys()},
      {"passwords", "Passwords and how they are hashed.", password_keys()},
      {"sessions", "Tokens and how long they last.", session_keys()},
      {"login", "Limits against guessing and mass sign-up.", login_keys()},
      {"accounts", "Proofs before an account is changed, and its deletion.",
       account_keys()},
      {"audit", "The trail of what was done to accounts, and by operators.",
       audit_keys()},
      {"limits", "Where sliding windows of all limits are kept.", limit_keys()},
      {"codes", "SMS codes and their limits.", code_keys()},
      {"codes.guard",
       "Against pumping: regions whose delivered codes nobody enters are held back.",
       guard_keys()},
      {"abuse", "Who else is asked about codes and sign-ups.", abuse_keys()},
      {"articles", "Lists, read counts, and what one person may write.", article_keys()},
      {"ranking", "The list of most-liked articles.", ranking_keys()},
      {"events", "The way of like events from the store to the ranking.", event_keys()},
      {"scheduler", "CAF's scheduler.", scheduler_keys()},
      {"actors", "Restarts and the stop of actors.", actor_keys()},
      {"sms", "Delivery of SMS.", sms_keys()},
      {"sms.retry",
       "The wait between rounds over the providers: "
       "min(cap, base * multiplier^n) * (1 +- jitter).",
       retry_keys()},
      {"sms.monitor",
       "When a provider's error rate is too high: the usual rate + margin + 3 standard "
       "errors, between floor and cap.",
       monitor_keys()},
      {"sms.circuit", "How long a failing provider is left alone, and how it returns.",
       circuit_keys()},
  });
  return all;
}

const key* find_key(std::string_view dotted_name) {
  for (const auto& s : sections())
    if (const auto* found = find_in(s.keys, dotted_name))
      return found;
  return nullptr;
}

std::span<const retired_key> retired_keys() {
  static constexpr std::array retired{
      retired_key{"http.max_workers",
                  "a request takes no thread while it waits; http.max_in_flight bounds "
                  "how many may wait"},
  };
  return retired;
}

const retired_key* find_retired_key(std::string_view dotted_name) {
  for (const auto& one : retired_keys())
    if (one.name == dotted_name)
      return &one;
  return nullptr;
}

const key* find_file_key(const key& secret) {
  return secret.secret ? find_key(std::string{secret.name} + "_file") : nullptr;
}

std::string table_array::name_of(std::size_t row, std::string_view key) const {
  return std::string{name} + '[' + std::to_string(row) + "]." + std::string{key};
}

const key* table_array::find(std::string_view key) const {
  return find_in(keys, key);
}

void table_array::reset(settings& of, std::size_t count) const {
  resize(of, 0);
  resize(of, count);
  for (std::size_t row = 0; row < count; ++row)
    for (const auto& k : keys)
      k.assign(of, row, value_from_toml(k, k.default_text).value());
}

std::span<const table_array> table_arrays() {
  static const std::array all{admin_token_tables(), provider_tables()};
  return all;
}

const table_array* find_table_array(std::string_view dotted_name) {
  const auto all = table_arrays();
  const auto found = std::ranges::find(all, dotted_name, &table_array::name);
  return found == all.end() ? nullptr : &*found;
}

bool is_section(std::string_view dotted_name) {
  return !dotted_name.empty()
         && std::ranges::find(sections(), dotted_name, &section::name)
                != sections().end();
}

std::string environment_name(const key& k) {
  return environment_name(k.name);
}

std::string environment_name(std::string_view dotted_name) {
  std::string name{"TINYBOOK_"};
  std::ranges::transform(dotted_name, std::back_inserter(name), environment_char);
  return name;
}

} // namespace tinybook::config
