#pragma once

#include "config/key.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tinybook::config {

/// The keys that stand together under one heading of the file.
struct section {
  std::string_view name; ///< Dotted; empty for the keys at the top.
  std::string_view description;
  std::span<const key> keys;
};

/// Keys that stand once in each table of an array, such as `[[sms.providers]]`.
struct table_array {
  std::string_view name; ///< Dotted.
  std::string_view head; ///< What the documented file says of it, ready to print.
  std::span<const key> keys;
  std::size_t (*rows)(const settings&) = nullptr;
  void (*resize)(settings&, std::size_t) = nullptr;

  /// The full name of a key: `sms.providers[1].url`.
  [[nodiscard]] std::string name_of(std::size_t row, std::string_view key) const;
  /// Nothing if there is no such key.
  [[nodiscard]] const key* find(std::string_view key) const;
  /// So many tables, each with the defaults.
  void reset(settings& of, std::size_t rows) const;
};

/// In the order of the file, behind the sections.
[[nodiscard]] std::span<const table_array> table_arrays();
[[nodiscard]] const table_array& provider_tables();
[[nodiscard]] const table_array& admin_token_tables();

/// Nothing if there is no such array.
[[nodiscard]] const table_array* find_table_array(std::string_view dotted_name);

/// Every key but those of the arrays, in the order of the file. The single source of
/// the file, of `--print-config`, of the range checks and of the error texts.
[[nodiscard]] std::span<const section> sections();

/// Nothing if there is no such key.
[[nodiscard]] const key* find_key(std::string_view dotted_name);

/// The key that names a file which holds this secret instead: `redis.password_file` of
/// `redis.password`. Nothing if there is none.
[[nodiscard]] const key* find_file_key(const key& secret);

/// A key of an earlier version. For one release it is read past, whatever its value,
/// with a warning.
struct retired_key {
  std::string_view name;
  std::string_view instead; ///< What the operator should do; ends the warning.
};

[[nodiscard]] std::span<const retired_key> retired_keys();

/// Nothing if there is no such key.
[[nodiscard]] const retired_key* find_retired_key(std::string_view dotted_name);

/// Whether a heading of this name exists.
[[nodiscard]] bool is_section(std::string_view dotted_name);

/// `http.max_body` as `TINYBOOK_HTTP_MAX_BODY`.
[[nodiscard]] std::string environment_name(const key& k);
[[nodiscard]] std::string environment_name(std::string_view dotted_name);

/// The keys of each section, from `keys_*.cpp`.
[[nodiscard]] std::span<const key> top_keys();
[[nodiscard]] std::span<const key> http_keys();
[[nodiscard]] std::span<const key> admin_keys();
[[nodiscard]] std::span<const key> storage_keys();
[[nodiscard]] std::span<const key> replica_keys();
[[nodiscard]] std::span<const key> keyring_keys();
[[nodiscard]] std::span<const key> postgres_keys();
[[nodiscard]] std::span<const key> redis_keys();
[[nodiscard]] std::span<const key> kafka_keys();
[[nodiscard]] std::span<const key> log_keys();
[[nodiscard]] std::span<const key> password_keys();
[[nodiscard]] std::span<const key> session_keys();
[[nodiscard]] std::span<const key> login_keys();
[[nodiscard]] std::span<const key> account_keys();
[[nodiscard]] std::span<const key> audit_keys();
[[nodiscard]] std::span<const key> limit_keys();
[[nodiscard]] std::span<const key> code_keys();
[[nodiscard]] std::span<const key> sms_keys();
[[nodiscard]] std::span<const key> guard_keys();
[[nodiscard]] std::span<const key> abuse_keys();
[[nodiscard]] std::span<const key> retry_keys();
[[nodiscard]] std::span<const key> monitor_keys();
[[nodiscard]] std::span<const key> circuit_keys();
[[nodiscard]] std::span<const key> article_keys();
[[nodiscard]] std::span<const key> ranking_keys();
[[nodiscard]] std::span<const key> event_keys();
[[nodiscard]] std::span<const key> scheduler_keys();
[[nodiscard]] std::span<const key> actor_keys();

} // namespace tinybook::config
