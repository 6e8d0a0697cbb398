#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr auto in_replica = &settings::replica;

constexpr auto replica_table = std::to_array<key>({
    text({"replica.name", at<in_replica, &replica_settings::name>, "\"\"", restart,
          "Unlike that of every other replica; empty = host name and http.port."},
         0, 100, rules::optional_shared_name),
});

constexpr auto in_keys = &settings::keys;

constexpr auto keyring_table = std::to_array<key>({
    text({"keys.file", at<in_keys, &key_settings::file>, "\"\"", restart,
          "The same on all replicas, made by --new-keys; empty = keys.json in "
          "storage.path."},
         0, 4096, rules::plain),
});

constexpr auto in_postgres = &settings::postgres;

constexpr auto postgres_table = std::to_array<key>({
    secret(text({"postgres.url", at<in_postgres, &postgres_settings::url>,
                 "\"postgresql://tinybook@127.0.0.1:5432/tinybook\"", restart,
                 "Where it is, as libpq takes it."},
                1, 2000, rules::postgres_url)),
    secret(text({"postgres.password", at<in_postgres, &postgres_settings::password>,
                 "\"\"", restart, "In place of one in postgres.url; empty = none."},
                0, 1000, rules::plain)),
    text({"postgres.password_file", at<in_postgres, &postgres_settings::password_file>,
          "\"\"", restart, "The file whose first line is that password instead."},
         0, 4096, rules::plain),
    text({"postgres.sslmode", at<in_postgres, &postgres_settings::sslmode>, "\"\"",
          restart,
          "Whether its connections are encrypted, and the server's name checked; empty = "
          "as postgres.url says, else prefer."},
         0, 11, rules::ssl_mode),
    text({"postgres.ca_file", at<in_postgres, &postgres_settings::ca_file>, "\"\"",
          restart,
          "The certificates that its own must come from; empty = as postgres.url says."},
         0, 4096, rules::plain),
    integer(
        {"postgres.connections", at<in_postgres, &postgres_settings::connections>, "6",
         restart,
         "Connections of this replica, each with a thread; one more holds its place."},
        1, 100, "connections"),
    duration({"postgres.connect_timeout",
              at<in_postgres, &postgres_settings::connect_timeout>, "\"2s\"", restart,
              "How long an attempt to connect may take."},
             1s, 1min),
    duration(
        {"postgres.statement_timeout",
         at<in_postgres, &postgres_settings::statement_timeout>, "\"3s\"", restart,
         "How long one statement may take; a second later a silent server is given up."},
        50ms, 5min),
    duration({"postgres.lock_timeout", at<in_postgres, &postgres_settings::lock_timeout>,
              "\"2s\"", restart, "How long a statement may wait for a lock."},
             10ms, 1min),
    duration({"postgres.reconnect_base",
              at<in_postgres, &postgres_settings::reconnect_base>, "\"100ms\"", restart,
              "The wait before the first new attempt to connect; it doubles."},
             10ms, 1min),
    duration({"postgres.reconnect_cap",
              at<in_postgres, &postgres_settings::reconnect_cap>, "\"2s\"", restart,
              "The longest wait before a new attempt to connect."},
             10ms, 5min),
});

constexpr auto in_redis = &settings::redis;

constexpr auto redis_table = std::to_array<key>({
    text({"redis.host", at<in_redis, &redis_settings::host>, "\"127.0.0.1\"", restart,
          "Where it is. For TLS that of a local proxy; Redis Cluster is refused."},
         1, 253, rules::server_host),
    integer(
        {"redis.port", at<in_redis, &redis_settings::port>, "6379", restart, "Its port."},
        1, 65535),
    text({"redis.username", at<in_redis, &redis_settings::username>, "\"\"", restart,
          "The user of its access control list; empty = the default user."},
         0, 200, rules::plain),
    secret(text({"redis.password", at<in_redis, &redis_settings::password>, "\"\"",
                 restart, "The user's password; empty = none."},
                0, 1000, rules::plain)),
    text({"redis.password_file", at<in_redis, &redis_settings::password_file>, "\"\"",
          restart, "The file whose first line is that password instead."},
         0, 4096, rules::plain),
    integer({"redis.database", at<in_redis, &redis_settings::database>, "0", restart,
             "The number of the database."},
            0, 1000),
    text({"redis.prefix", at<in_redis, &redis_settings::prefix>, "\"tinybook\"", restart,
          "In front of the name of every key."},
         1, 100, rules::shared_name),
    duration({"redis.connect_timeout", at<in_redis, &redis_settings::connect_timeout>,
              "\"1s\"", restart, "How long an attempt to connect may take."},
             10ms, 1min),
    duration({"redis.timeout", at<in_redis, &redis_settings::timeout>, "\"1s\"", restart,
              "How long an answer may take."},
             10ms, 1min),
    integer({"redis.max_queue", at<in_redis, &redis_settings::max_queue>, "8192", restart,
             "Commands that may wait; beyond: 503."},
            1, 1'000'000, "commands"),
    duration({"redis.reconnect_base", at<in_redis, &redis_settings::reconnect_base>,
              "\"100ms\"", restart,
              "The wait before the first new attempt to connect; it doubles."},
             10ms, 1min),
    duration({"redis.reconnect_cap", at<in_redis, &redis_settings::reconnect_cap>,
              "\"2s\"", restart, "The longest wait before a new attempt to connect."},
             10ms, 5min),
});

constexpr auto in_kafka = &settings::kafka;

constexpr auto kafka_table = std::to_array<key>({
    texts({"kafka.brokers", at<in_kafka, &kafka_settings::brokers>,
           "[\"127.0.0.1:9092\"]", restart, "Where to find the cluster."},
          50, rules::host_port),
    word({"kafka.security_protocol", at<in_kafka, &kafka_settings::security>,
          "\"plaintext\"", restart,
          "How brokers are spoken to: ssl encrypts, sasl logs in by name and password."},
         words::kafka_security),
    text({"kafka.ca_file", at<in_kafka, &kafka_settings::ca_file>, "\"\"", restart,
          "The certificates that theirs must come from; empty = what the system trusts."},
         0, 4096, rules::plain),
    word({"kafka.sasl_mechanism", at<in_kafka, &kafka_settings::sasl>, "\"PLAIN\"",
          restart, "How the password is shown."},
         words::sasl),
    text({"kafka.username", at<in_kafka, &kafka_settings::username>, "\"\"", restart,
          "Of sasl."},
         0, 200, rules::plain),
    secret(text({"kafka.password", at<in_kafka, &kafka_settings::password>, "\"\"",
                 restart, "Of sasl."},
                0, 1000, rules::plain)),
    text({"kafka.password_file", at<in_kafka, &kafka_settings::password_file>, "\"\"",
          restart, "The file whose first line is that password instead."},
         0, 4096, rules::plain),
    text({"kafka.topic", at<in_kafka, &kafka_settings::topic>, "\"tinybook-articles\"",
          restart, "The topic of article events; made at start where it is missing."},
         1, 100, rules::shared_name),
    text({"kafka.group", at<in_kafka, &kafka_settings::group>, "\"tinybook-ranking\"",
          restart, "The consumer group, one over the same Redis."},
         1, 100, rules::shared_name),
    integer({"kafka.partitions", at<in_kafka, &kafka_settings::partitions>, "4", restart,
             "Of a topic that is made."},
            1, 1000, "partitions"),
    integer({"kafka.replication", at<in_kafka, &kafka_settings::replication>, "1",
             restart, "Copies of a topic that is made."},
            1, 20, "copies"),
    duration({"kafka.session_timeout", at<in_kafka, &kafka_settings::session_timeout>,
              "\"6s\"", restart,
              "After this long a replica that is gone loses its partitions."},
             1s, 5min),
    duration({"kafka.delivery_timeout", at<in_kafka, &kafka_settings::delivery_timeout>,
              "\"5s\"", restart,
              "How long a message may take to the broker before it is sent anew."},
             100ms, 5min),
    integer({"kafka.batch", at<in_kafka, &kafka_settings::batch>, "500", restart,
             "Messages that are applied together."},
            1, 10'000, "messages"),
});

} // namespace

std::span<const key> replica_keys() {
  return replica_table;
}

std::span<const key> keyring_keys() {
  return keyring_table;
}

std::span<const key> postgres_keys() {
  return postgres_table;
}

std::span<const key> redis_keys() {
  return redis_table;
}

std::span<const key> kafka_keys() {
  return kafka_table;
}

} // namespace tinybook::config
