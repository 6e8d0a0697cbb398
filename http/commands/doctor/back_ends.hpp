#pragma once

#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"
#include "storage/kafka/topic_facts.hpp"
#include "storage/migrations/migration.hpp"
#include "storage/postgres/server_facts.hpp"
#include "storage/redis/server_facts.hpp"
#include "storage/result.hpp"
#include "storage/sqlite/database_facts.hpp"

#include <optional>
#include <string>

/// What the back ends have told, each against what tinybook needs of it.
namespace tinybook::http::doctor {

/// Of a database's schema against the newest one that this program knows.
[[nodiscard]] findings judge_version(const std::string& what,
                                     const storage::schema_version& version,
                                     std::int64_t known);

/// `looked`: of `look_at_database`.
[[nodiscard]] findings
judge_database(const result<std::optional<storage::sqlite::database_facts>>& looked);

/// `replica` is the name of the one that these settings are of.
[[nodiscard]] findings judge_postgres(const storage::postgres::server_facts& server,
                                      const config::settings& s,
                                      const std::string& replica);

[[nodiscard]] findings judge_redis(const storage::redis::server_facts& server,
                                   const config::settings& s);

[[nodiscard]] findings judge_kafka(const storage::kafka::topic_facts& topic,
                                   const config::settings& s);

} // namespace tinybook::http::doctor
