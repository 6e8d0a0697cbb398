#pragma once

#include "config/settings.hpp"
#include "storage/key_use.hpp"
#include "storage/migrations/migration.hpp"
#include "storage/postgres/replica_session.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::storage::postgres {

/// What a server and our database on it tell to whoever only looks.
struct server_facts {
  std::int64_t version = 0; ///< 150004 is 15.4.
  std::string version_text;
  std::string encoding;
  bool standby = false;   ///< It only reads.
  bool encrypted = false; ///< The connection is, by TLS.
  bool local = false;     ///< The connection does not leave the machine.

  std::string schema;              ///< Where our tables are; empty = nowhere.
  bool may_make_tables = false;    ///< There.
  bool may_make_temporary = false; ///< In this database.
  std::int64_t closed_tables = 0;  ///< Those there that the role may not read and write.
  std::int64_t foreign_tables = 0; ///< Those there that belong to another role.

  std::int64_t sessions = 0;     ///< At the server now.
  std::int64_t max_sessions = 0; ///< What this role can have at most.

  /// What a session of the role begins with, by name; times in ms. Only what matters
  /// here.
  std::map<std::string, std::string> settings;

  bool pooled = false; ///< A pooler is in between …
  /// … and gives one session to several clients: then the rest is not looked at.
  bool pooled_by_transaction = false;

  std::chrono::milliseconds clock_ahead{0}; ///< Of this machine's.
  std::chrono::milliseconds clock_doubt{0}; ///< By how much that may be wrong.

  /// The version of our tables, or why they cannot be ours.
  result<schema_version> tables = schema_version{};
  std::int64_t known_version = 0; ///< The one that this program makes.
  // Looked at where this program can work with them as they are.
  std::vector<other_replica> replicas;
  std::optional<key_use> keys;
};

/// Whether a failure shows that a pooler gives one session to several clients: statements
/// that one has prepared are there for another, or are gone.
[[nodiscard]] bool is_shared_session(const failure& why);

/// Looks at the server in sessions that only read, each step in 3 seconds at most; the
/// look-up of a name can take longer. Fails as connecting does.
[[nodiscard]] result<server_facts> look_at_server(config::postgres_settings settings);

} // namespace tinybook::storage::postgres
