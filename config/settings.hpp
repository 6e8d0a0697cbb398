#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What the operator can set, as plain values. Names, units, ranges and defaults of every
/// member stand in the key table (`config/keys_*.cpp`), not here: a value-initialised
/// struct is all zeros, so start from `defaults()` (`config/loader.hpp`). Where the table
/// says "0 = off", zero means that there is no limit.
namespace tinybook::config {

using std::chrono::milliseconds;

enum class database_kind : std::uint8_t { sqlite, postgres };
enum class backend_kind : std::uint8_t { local, redis };
enum class bus_kind : std::uint8_t { local, kafka };
enum class kafka_security : std::uint8_t { plaintext, ssl, sasl_plaintext, sasl_ssl };
enum class sasl_kind : std::uint8_t { plain, scram_sha_256, scram_sha_512 };
enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };
enum class fixed_line_kind : std::uint8_t { refuse_home, allow, refuse };
enum class provider_kind : std::uint8_t { console, webhook, tencent, aliyun, twilio };
enum class hook_failure : std::uint8_t { open, closed };

/// The public listener and its bounds.
struct http_settings {
  std::string address;
  std::uint16_t port = 0;
  bool require_login_to_read = false;
  std::vector<std::string> trusted_proxies; ///< Valid CIDRs or plain addresses.
  std::vector<std::string> cors_origins;    ///< Exact origins, `scheme://host[:port]`.
  milliseconds drain_delay{0};
  milliseconds drain_bound{0};
  std::size_t max_head_bytes = 0;
  std::size_t max_headers = 0;
  std::size_t max_uri_bytes = 0;
  std::size_t max_body_bytes = 0;
  std::size_t max_article_body_bytes = 0;
  std::size_t max_json_depth = 0;
  std::size_t max_connections = 0;
  std::size_t max_connections_per_address = 0; ///< 0 = no bound.
  std::size_t max_buffered_bytes = 0;
  std::size_t max_in_flight = 0;
  std::size_t max_in_flight_per_actor = 0;
  std::size_t max_in_flight_per_address = 0; ///< 0 = no bound.
  std::size_t fast_workers = 0;              ///< Pollers; 0 = one for each processor.
  milliseconds idle_timeout{0};
  milliseconds head_timeout{0};
  milliseconds body_timeout{0};
  milliseconds max_body_time{0};
  milliseconds write_timeout{0};
  std::size_t min_bytes_per_second = 0;
  milliseconds deadline{0};
  milliseconds login_deadline{0};
};

/// What an operator may do at the admin listener; each level includes those before it.
enum class admin_level : std::uint8_t {
  read,      ///< Look.
  act,       ///< On messages, providers, articles, people; with a reason.
  configure, ///< Change how the server works.
};

/// An operator. The token itself is known to them alone.
struct admin_token {
  std::string name;
  admin_level level = admin_level::read;
  std::string hash; ///< `sha256:` and 64 hexadecimal digits; a token is random enough.
};

/// The name of the token that the first start makes: what is done with it is told by
/// that.
inline constexpr auto first_admin_token = "admin";

/// The admin listener.
struct admin_settings {
  std::string address;
  std::uint16_t port = 0;
  std::vector<std::string> allowed_hosts; ///< Host names beside loopback and `address`.
  milliseconds status_timeout{0};         ///< After it an actor is shown as stuck.
  std::string token_file;                 ///< Empty = admin.token in the data folder.
  std::vector<admin_token> tokens;        ///< Beside that of the file.
};

struct storage_settings {
  std::string path;
  database_kind database = database_kind::sqlite;
  std::size_t readers = 0;
  milliseconds busy_timeout{0};
  std::size_t max_group = 0; ///< Writes that share one commit.
  std::size_t max_queue = 0; ///< Commands that may wait at one connection.
};

/// One of several processes over the same data.
struct replica_settings {
  std::string name; ///< Empty = host name and port.
};

/// Master keys.
struct key_settings {
  std::string file; ///< Empty = `keys.json` in `storage.path`, made on first start.
  /// Set by the command line only: make new keys although the data were made with keys
  /// that are lost.
  bool new_for_old_data = false;
};

/// The shared database, where `storage.database` is postgres.
struct postgres_settings {
  std::string url;           ///< `postgresql://…` or `host=… dbname=…`; secret.
  std::string password;      ///< In place of one in the URL; secret.
  std::string password_file; ///< Where that came from, if from a file.
  std::string sslmode;       ///< As libpq has it; empty = what the URL says.
  std::string ca_file;       ///< Empty = what the URL says.
  std::size_t connections = 0;
  milliseconds connect_timeout{0};
  milliseconds statement_timeout{0};
  milliseconds lock_timeout{0};
  milliseconds reconnect_base{0};
  milliseconds reconnect_cap{0};
};

/// The Redis server, where any part is kept in it.
struct redis_settings {
  std::string host;
  std::uint16_t port = 0;
  std::string username;      ///< Of an ACL; empty = the default user.
  std::string password;      ///< Secret.
  std::string password_file; ///< Where it came from, if from a file.
  std::size_t database = 0;
  std::string prefix; ///< Of every key.
  milliseconds connect_timeout{0};
  milliseconds timeout{0};
  std::size_t max_queue = 0; ///< Commands that may wait; beyond: 503.
  milliseconds reconnect_base{0};
  milliseconds reconnect_cap{0};
};

/// The Kafka cluster, where `events.bus` is kafka.
struct kafka_settings {
  std::vector<std::string> brokers; ///< `host:port`
  kafka_security security = kafka_security::plaintext;
  std::string ca_file; ///< Of TLS; empty = those that the system trusts.
  sasl_kind sasl = sasl_kind::plain;
  std::string username;
  std::string password;      ///< Secret.
  std::string password_file; ///< Where it came from, if from a file.
  std::string topic;
  std::string group;
  std::size_t partitions = 0;  ///< Of a topic that tinybook makes.
  std::size_t replication = 0; ///< Of a topic that tinybook makes.
  milliseconds session_timeout{0};
  milliseconds delivery_timeout{0};
  std::size_t batch = 0; ///< Messages that are applied together.
};

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::text;
};

struct password_settings {
  std::size_t min_length = 0; ///< Code points.
  std::size_t max_length = 0; ///< Code points.
  std::size_t min_score = 0;  ///< Of `too_guessable`; 0 = off.
  std::size_t argon2_passes = 0;
  std::size_t argon2_memory_bytes = 0;
  std::size_t queue = 0;
  std::size_t threads = 0; ///< 0 = one for each core.
};

struct session_settings {
  std::string issuer;
  milliseconds access_lifetime{0};
  milliseconds refresh_lifetime{0};
  milliseconds device_lifetime{0};
  milliseconds refresh_grace{0};
  milliseconds absolute_lifetime{
      0}; ///< Of a session, however often it is renewed; 0 = off.
  std::size_t max_per_person = 0;
  backend_kind revocations = backend_kind::local;
  milliseconds revocation_poll{0}; ///< How often other replicas' are read.
};

/// Limits against brute force and mass sign-up; 0 = off.
struct login_settings {
  std::size_t failures_per_account = 0;
  std::size_t failures_per_device = 0;
  std::size_t failures_per_address = 0;
  std::size_t attempts_per_address = 0; ///< Failed or not.
  milliseconds window{0};
  std::size_t signups_per_address = 0;
  milliseconds signup_window{0};
};

/// What changes how an account is entered, and its end.
struct account_settings {
  milliseconds step_up{0};         ///< How old the proof of who asks may be.
  milliseconds delete_grace{0};    ///< In which a log-in takes a deletion back.
  std::size_t exports_per_day = 0; ///< Of one person, as the next; 0 = off.
  std::size_t edits_per_hour = 0;  ///< Of the profile.
};

/// The trail of what was done to accounts and by operators.
struct audit_settings {
  milliseconds retention{0};
  std::string log; ///< A file, or `stderr`; empty = in the database alone.
  std::size_t failures_per_account = 0; ///< Failed log-ins that are written each minute
  std::size_t failures_per_minute = 0;  ///< for one account, and for all together.
};

/// Where sliding windows are kept, how many keys the local one holds, and how many times
/// what one address may a whole network of clients may; 0 = no bound.
struct limit_settings {
  backend_kind backend = backend_kind::local;
  std::size_t capacity = 0;
  std::size_t times_in_24 = 0; ///< IPv4.
  std::size_t times_in_56 = 0; ///< IPv6, as the others.
  std::size_t times_in_48 = 0;
};

struct code_settings {
  backend_kind cache = backend_kind::local;
  milliseconds lifetime{0};
  milliseconds resend_interval{0};
  std::size_t tries = 0; ///< Wrong tries for each code sent, by the browser that asked.
  std::size_t others_daily_tries = 0; ///< Wrong tries a day, by all other browsers.
  std::size_t capacity = 0;
  std::string default_region;
  std::vector<std::string> extra_ranges; ///< E.164 prefixes such as `+1728`.
  fixed_line_kind fixed_lines = fixed_line_kind::refuse_home;
  std::vector<std::string> test_numbers; ///< `+8613800000001=123456`; secret.
  std::size_t sends_per_phone_hour = 0;
  std::size_t sends_per_phone_day = 0;
  std::size_t sends_per_owner_hour = 0; ///< To a phone, from a browser of its account.
  std::size_t sends_per_owner_day = 0;
  std::size_t sends_per_address_hour = 0;
  std::size_t sends_per_address_day = 0;
  std::size_t sends_per_prefix_hour = 0; ///< For each region but the default one.
  std::size_t sends_per_hour = 0;        ///< All together.
  std::size_t sends_per_day = 0;
  double elsewhere_share = 0; ///< Of a phone's, what one network leaves to others.
  double owners_share = 0;    ///< The share of the ceilings that is kept for owners.
  double sends_alarm = 0;     ///< The share of either from which operators are warned.
};

/// The pumping guard: the share of delivered codes that are entered, by region.
struct guard_settings {
  bool enabled = false;
  milliseconds window{0};
  milliseconds grace{0}; ///< Time to enter a code before it counts as not entered.
  std::int64_t min_samples = 0;
  std::int64_t min_samples_per_address = 0;
  double floor = 0; ///< The least share of delivered codes that must be entered.
  milliseconds refresh{0};
};

/// One `[[sms.providers]]` table, in the order of the file.
struct sms_provider {
  std::string name;
  provider_kind kind = provider_kind::console;
  bool enabled = false;
  std::string url;
  std::size_t weight = 0;
  milliseconds timeout{0};
  std::vector<std::string> routes; ///< Prefixes such as `+86`; empty = all.
  std::size_t rate_per_second = 0; ///< 0 = off.
  std::size_t max_in_flight = 0;
  std::string secret;      ///< The effective one, wherever it came from; never printed.
  std::string secret_env;  ///< Where it came from, if from a variable.
  std::string secret_file; ///< Where it came from, if from a file.
  std::string app_id;
  std::string sign_name;
  std::string template_id;
  std::string notice_template_id;           ///< Empty = it sends no notices.
  std::vector<std::string> template_params; ///< Names of parameters, in its order.
  std::string access_key_id;
  std::string region;
  std::string account_sid;
  std::string from;
  std::string messaging_service_sid;
  std::string receipt_secret; ///< In the path of its receipts; never printed.
  milliseconds slow_limit{0}; ///< A call this long or longer counts as slow; 0 = off.
};

/// Prefixes of numbers that this kind of provider would mistake for other numbers.
[[nodiscard]] std::vector<std::string> closed_prefixes(provider_kind kind);

/// The error-rate monitor of each provider.
struct monitor_settings {
  milliseconds window{0};
  std::size_t buckets = 0;
  std::int64_t min_samples = 0;
  double threshold_floor = 0;
  double threshold_cap = 0;
  double margin = 0;
  double slow_share = 0;
  milliseconds learning_time{0};
  double learned_cap = 0;
};

/// The circuit breaker of each provider.
struct circuit_settings {
  milliseconds open_base{0};
  milliseconds open_cap{0};
  double jitter = 0;
  std::int64_t probes = 0;
  std::int64_t probes_at_once = 0;
  milliseconds verdict_within{0};
  milliseconds ramp{0};
};

/// `interval = min(cap, base * multiplier^n) * (1 +- jitter)`.
struct retry_settings {
  milliseconds base{0};
  double multiplier = 0;
  double jitter = 0;
  milliseconds cap{0};
  std::size_t rounds = 0;
  std::size_t max_total_tries = 0; ///< 0 = off: rounds go on at the cap until expiry.
  double budget_share = 0; ///< Retries at the same provider, as a share of first tries.
  std::size_t budget_per_second = 0;
  /// Purposes whose message goes to no other provider after an ambiguous result.
  std::vector<std::string> single_copy_purposes;
};

struct sms_settings {
  retry_settings retry;
  monitor_settings monitor;
  circuit_settings circuit;
  std::string public_url; ///< As providers reach us; needed for Twilio's receipts.
  std::size_t rate_per_second = 0; ///< All providers together; 0 = off.
  milliseconds lease{0};
  std::size_t claim_batch = 0;
  std::size_t max_backlog = 0;
  std::size_t retention_days = 0;
  milliseconds max_retry_after{0};
  milliseconds region_memory{0};
  std::vector<sms_provider> providers;
};

struct article_settings {
  std::size_t list_limit = 0;
  std::size_t max_list_limit = 0;
  milliseconds read_flush_period{0}; ///< Reads are counted in batches; a kill loses one.
  std::size_t saves_at_once = 0;     ///< Of one author.
  std::size_t cleaners = 0;          ///< Threads that clean what authors write.
  std::size_t cleaner_queue = 0;
  std::size_t saves_per_hour = 0;       ///< Of one author, publishing included; 0 = off.
  std::size_t saves_per_day = 0;        ///< Of one author, publishing included; 0 = off.
  std::size_t likes_per_minute = 0;     ///< Of one person; 0 = off.
  std::size_t max_per_person = 0;       ///< 0 = off.
  std::size_t max_bytes_per_person = 0; ///< Of the contents together; 0 = off.
};

/// The operator's endpoint that may refuse codes and sign-ups.
struct abuse_settings {
  std::string webhook;          ///< Its URL; empty = nobody is asked.
  std::string webhook_key;      ///< `whsec_<base64>`; secret.
  std::string webhook_key_file; ///< Where it came from, if from a file.
  std::string webhook_ca_file;  ///< Empty = those that the system trusts.
  milliseconds webhook_timeout{0};
  hook_failure webhook_fails = hook_failure::open; ///< What its failure means.
  std::size_t webhook_connections = 0;
  std::size_t webhook_queue = 0; ///< Questions that may wait for a connection.
  // What the pages ask with, such as a CAPTCHA: the first four are set together.
  std::string widget_script; ///< Its URL; empty = the pages ask for nothing.
  std::string widget_class;
  std::string widget_site_key;
  std::string widget_field;                ///< Of the form, which the script fills.
  std::vector<std::string> widget_sources; ///< Beside the origin of the script.
};

struct ranking_settings {
  milliseconds refresh_period{0};
  milliseconds max_stale{0};
  milliseconds heartbeat{0};
  milliseconds audit_period{0};
  std::chrono::minutes utc_offset{0};
  backend_kind board = backend_kind::local;
};

struct event_settings {
  bus_kind bus = bus_kind::local;
  std::size_t batch = 0; ///< Events that travel in one message.
};

/// CAF's scheduler.
struct scheduler_settings {
  std::size_t threads = 0;
  std::size_t throughput = 0; ///< Messages that an actor handles before it yields.
};

/// The root supervisor.
struct actor_settings {
  std::size_t max_restarts = 0; ///< More than this in `restart_window` ends the process.
  milliseconds restart_window{0};
  milliseconds restart_base{0};
  milliseconds restart_cap{0};
  milliseconds request_timeout{0}; ///< Between actors, where no deadline was handed on.
  milliseconds watchdog{0};        ///< A stop that takes longer ends with an error.
};

struct settings {
  std::vector<std::string> warnings; ///< What in their sources should be changed.
  bool allow_insecure = false;
  http_settings http;
  admin_settings admin;
  storage_settings storage;
  replica_settings replica;
  key_settings keys;
  postgres_settings postgres;
  redis_settings redis;
  kafka_settings kafka;
  log_settings log;
  password_settings passwords;
  session_settings sessions;
  login_settings login;
  account_settings accounts;
  audit_settings audit;
  limit_settings limits;
  code_settings codes;
  guard_settings guard;
  abuse_settings abuse;
  sms_settings sms;
  article_settings articles;
  ranking_settings ranking;
  event_settings events;
  scheduler_settings scheduler;
  actor_settings actors;
};

} // namespace tinybook::config
