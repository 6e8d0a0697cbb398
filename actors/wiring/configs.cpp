#include "actors/wiring/configs.hpp"

#include "actors/abuse/verdict_hook.hpp"
#include "actors/accounts/account_keeper.hpp"
#include "actors/accounts/accounts.hpp"
#include "actors/accounts/password_hash.hpp"
#include "actors/articles/articles.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/local_code_cache.hpp"
#include "actors/codes/phone_number.hpp"
#include "actors/codes/verification.hpp"
#include "actors/events/publisher.hpp"
#include "actors/ranking/ranking.hpp"
#include "actors/sessions/sessions.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/system/event_log.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace tinybook {

namespace {

rate_limit limit(std::size_t count, std::chrono::milliseconds window) {
  return {static_cast<std::uint32_t>(count), window};
}

network_times networks_from(const config::settings& s) {
  return {static_cast<std::uint32_t>(s.limits.times_in_24),
          static_cast<std::uint32_t>(s.limits.times_in_56),
          static_cast<std::uint32_t>(s.limits.times_in_48)};
}

fixed_line_rule fixed_lines_from(config::fixed_line_kind kind) {
  switch (kind) {
  case config::fixed_line_kind::refuse_home:
    return fixed_line_rule::refuse_home;
  case config::fixed_line_kind::allow:
    return fixed_line_rule::allow;
  case config::fixed_line_kind::refuse:
    break;
  }
  return fixed_line_rule::refuse;
}

/// Of an https URL; browsers take codes for no other.
std::string host_of_https(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  if (!url.starts_with(scheme))
    return {};
  url.remove_prefix(scheme.size());
  return std::string{url.substr(0, url.find_first_of("/:?#"))};
}

std::vector<std::string> site_names_from(const config::settings& s) {
  std::vector<std::string> names{"tinybook"};
  const auto add_host_of = [&](std::string_view url) {
    if (auto host = host_of_https(url); !host.empty())
      names.push_back(std::move(host));
  };
  add_host_of(s.sms.public_url);
  for (const auto& origin : s.http.cors_origins)
    add_host_of(origin);
  return names;
}

/// The loader has refused what does not parse.
test_number_map test_numbers_from(const config::settings& s) {
  auto numbers = parse_test_numbers(s.codes.test_numbers);
  return numbers ? std::move(*numbers) : test_number_map{};
}

} // namespace

accounts_config accounts_from(const config::settings& s) {
  accounts_config c;
  c.passwords = s.passwords;
  c.site_names = site_names_from(s);
  c.log_ins.per_account = limit(s.login.failures_per_account, s.login.window);
  c.log_ins.per_device = limit(s.login.failures_per_device, s.login.window);
  c.log_ins.per_address = limit(s.login.failures_per_address, s.login.window);
  c.log_ins.attempts = limit(s.login.attempts_per_address, s.login.window);
  c.log_ins.networks = networks_from(s);
  c.sign_ups_per_address = limit(s.login.signups_per_address, s.login.signup_window);
  c.step_up = s.accounts.step_up;
  c.delete_grace = s.accounts.delete_grace;
  c.exports_day = limit(s.accounts.exports_per_day, std::chrono::hours{24});
  c.edits_hour = limit(s.accounts.edits_per_hour, std::chrono::hours{1});
  c.audited_failures = {s.audit.failures_per_account, s.audit.failures_per_minute};
  c.default_region = s.codes.default_region;
  c.test_numbers = test_numbers_from(s);
  c.request_timeout = s.actors.request_timeout;
  c.hash_timeout = s.http.login_deadline;
  return c;
}

verdict_hook_config verdict_hook_from(const config::settings& s) {
  return {s.abuse.webhook_timeout, s.abuse.webhook_fails};
}

account_keeper_config account_keeper_from(const config::settings& s) {
  account_keeper_config c;
  c.audit_retention = s.audit.retention;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

password_hash_options hash_cost_from(const config::settings& s) {
  return {static_cast<unsigned>(s.passwords.argon2_passes),
          s.passwords.argon2_memory_bytes};
}

articles_config articles_from(const config::settings& s) {
  articles_config c{s.articles};
  c.saves_hour = limit(s.articles.saves_per_hour, std::chrono::hours{1});
  c.saves_day = limit(s.articles.saves_per_day, std::chrono::hours{24});
  c.likes_minute = limit(s.articles.likes_per_minute, std::chrono::minutes{1});
  c.bounds = {static_cast<std::int64_t>(s.articles.max_per_person),
              static_cast<std::int64_t>(s.articles.max_bytes_per_person)};
  c.utc_offset = s.ranking.utc_offset;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

local_code_cache_config code_cache_from(const config::settings& s) {
  local_code_cache_config c;
  c.rules.valid = s.codes.lifetime;
  c.rules.cooldown = s.codes.resend_interval;
  c.rules.tries_per_send = static_cast<int>(s.codes.tries);
  c.rules.others_per_send = static_cast<int>(s.codes.tries);
  c.rules.others_per_day = static_cast<int>(s.codes.others_daily_tries);
  c.capacity = s.codes.capacity;
  c.request_timeout = s.actors.request_timeout;
  // By then the issuer of a code knows whether its message was stored.
  c.reservation_timeout = 3 * s.actors.request_timeout;
  return c;
}

verification_config verification_from(const config::settings& s) {
  using std::chrono::hours;
  verification_config c;
  c.phones.default_region = s.codes.default_region;
  c.phones.extra_ranges = s.codes.extra_ranges;
  c.phones.fixed_lines = fixed_lines_from(s.codes.fixed_lines);
  c.test_numbers = test_numbers_from(s);
  for (const auto& p : s.sms.providers)
    if (p.enabled)
      c.routes.push_back(routes_of(p));
  c.code_lifetime = s.codes.lifetime;
  c.web_host = host_of_https(s.sms.public_url);
  c.limits.phone_hour = limit(s.codes.sends_per_phone_hour, hours{1});
  c.limits.phone_day = limit(s.codes.sends_per_phone_day, hours{24});
  c.limits.owner_hour = limit(s.codes.sends_per_owner_hour, hours{1});
  c.limits.owner_day = limit(s.codes.sends_per_owner_day, hours{24});
  c.limits.address_hour = limit(s.codes.sends_per_address_hour, hours{1});
  c.limits.address_day = limit(s.codes.sends_per_address_day, hours{24});
  c.limits.region_hour = limit(s.codes.sends_per_prefix_hour, hours{1});
  c.limits.all_hour = limit(s.codes.sends_per_hour, hours{1});
  c.limits.all_day = limit(s.codes.sends_per_day, hours{24});
  c.limits.elsewhere_share = s.codes.elsewhere_share;
  c.limits.owners_share = s.codes.owners_share;
  c.limits.networks = networks_from(s);
  c.sends_alarm = s.codes.sends_alarm;
  c.guard = s.guard;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

namespace {

void log_conflicts(std::string_view event, std::string_view what,
                   const std::vector<storage::contact_conflict>& conflicts,
                   std::string (*mask)(std::string_view)) {
  for (const auto& c : conflicts)
    log_event(config::log_level::warn, event,
              {{what, mask(c.contact)},
               {"keeps", std::to_string(c.keeps)},
               {"loses", std::to_string(c.loses)}});
}

void log_phones(const storage::phones_rewritten& what) {
  if (what.accounts == 0 && what.messages == 0 && what.conflicts.empty())
    return;
  log_event(config::log_level::warn, "phones_spelled_anew",
            {{"accounts", std::to_string(what.accounts)},
             {"messages", std::to_string(what.messages)},
             {"conflicts", std::to_string(what.conflicts.size())}});
  log_conflicts("phone_of_two_accounts", "phone", what.conflicts, mask_phone);
}

void log_emails(const storage::emails_rewritten& what) {
  for (const auto& email : what.unusable)
    log_event(
        config::log_level::warn, "email_unusable",
        {{"email", mask_email(email)},
         {"note", "no log-in takes it any more: its account needs another way in"}});
  if (what.accounts == 0 && what.conflicts.empty())
    return;
  log_event(config::log_level::warn, "emails_spelled_anew",
            {{"accounts", std::to_string(what.accounts)},
             {"conflicts", std::to_string(what.conflicts.size())}});
  log_conflicts("email_of_two_accounts", "email", what.conflicts, mask_email);
}

} // namespace

storage::row_rewrites rewrites_to_log() {
  return {{canonical_phone, log_phones}, log_emails};
}

publisher_config publisher_from(const config::settings& s) {
  publisher_config c;
  c.batch = s.events.batch;
  c.heartbeat = s.ranking.heartbeat;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

ranking_config ranking_from(const config::settings& s) {
  ranking_config c{s.ranking};
  c.replica = replica_name_from(s);
  c.request_timeout = s.actors.request_timeout;
  return c;
}

sessions_config sessions_from(const config::settings& s) {
  sessions_config c{s.sessions};
  c.step_up = s.accounts.step_up;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

namespace {

/// How many permits to send are taken at once: a twentieth of the lowest rate.
std::int64_t permit_batch(const config::settings& s) {
  auto lowest = s.sms.rate_per_second;
  for (const auto& p : s.sms.providers)
    if (p.enabled && p.rate_per_second > 0)
      lowest = lowest == 0 ? p.rate_per_second : std::min(lowest, p.rate_per_second);
  return std::max<std::int64_t>(static_cast<std::int64_t>(lowest) / 20, 1);
}

} // namespace

bool shares_database(const config::settings& s) {
  return s.storage.database == config::database_kind::postgres;
}

failover_supervisor_config failover_from(const config::settings& s) {
  failover_supervisor_config c;
  c.shared = shares_database(s);
  c.replica = replica_name_from(s);
  c.probe.lease = s.sms.lease;
  const auto& retry = s.sms.retry;
  c.rules.backoff = {retry.base, retry.multiplier, retry.jitter, retry.cap};
  c.rules.max_rounds = static_cast<int>(retry.rounds);
  c.rules.max_total_tries = static_cast<int>(retry.max_total_tries);
  c.lease = s.sms.lease;
  c.claims.batch = static_cast<std::int64_t>(s.sms.claim_batch);
  c.max_backlog = static_cast<std::int64_t>(s.sms.max_backlog);
  c.retention = std::chrono::days{s.sms.retention_days};
  c.store_timeout = s.actors.request_timeout;
  c.claims.rate_per_second = static_cast<std::uint32_t>(s.sms.rate_per_second);
  c.codes_in_store = s.codes.cache != config::backend_kind::redis;
  c.budget.share = retry.budget_share;
  c.budget.per_second = static_cast<std::uint32_t>(retry.budget_per_second);
  c.single_copy_purposes = retry.single_copy_purposes;
  c.region_memory = s.sms.region_memory;
  c.resend_timeout = 2 * s.actors.request_timeout;
  // A second less than the grace, so that it saves outcomes and quits before it is
  // killed.
  c.drain_bound = std::min<std::chrono::milliseconds>(
      s.http.drain_bound, stop_grace_from(s) - std::chrono::seconds{1});
  return c;
}

std::chrono::milliseconds stop_grace_from(const config::settings& s) {
  // Draining the requests comes first and may take all of drain_bound.
  const auto left = s.actors.watchdog - s.http.drain_delay - s.http.drain_bound;
  const auto wanted =
      std::max<std::chrono::milliseconds>(s.http.drain_bound, std::chrono::seconds{4});
  return std::min<std::chrono::milliseconds>(wanted, left - std::chrono::seconds{2})
         + std::chrono::seconds{1};
}

sms_sender_config sender_from(const config::settings& s, const config::sms_provider& p) {
  sms_sender_config c;
  c.name = p.name;
  c.timeout = p.timeout;
  c.admission.max_in_flight = static_cast<std::int64_t>(p.max_in_flight);
  c.admission.rate_per_second = static_cast<std::uint32_t>(p.rate_per_second);
  c.max_retry_after = s.sms.max_retry_after;
  c.circuit = {s.sms.circuit};
  c.circuit.probe_timeout = 2 * p.timeout;
  c.circuit.threshold = s.sms.monitor.threshold_floor;
  if (s.limits.backend == config::backend_kind::redis)
    c.permits = shared_permits(p.name, c.admission.rate_per_second,
                               static_cast<std::uint32_t>(s.sms.rate_per_second),
                               permit_batch(s));
  c.shared = shares_database(s);
  c.replica = replica_name_from(s);
  c.probe.lease = s.sms.lease;
  c.store_timeout = s.actors.request_timeout;
  return c;
}

number_routes routes_of(const config::sms_provider& p) {
  const bool by_template =
      p.kind == config::provider_kind::tencent || p.kind == config::provider_kind::aliyun;
  return {p.routes, config::closed_prefixes(p.kind),
          !by_template || !p.notice_template_id.empty()};
}

error_rate_monitor_config monitor_from(const config::settings& s,
                                       const config::sms_provider& p) {
  error_rate_monitor_config c{
      .provider = p.name, .rules = {s.sms.monitor}, .probes = s.sms.circuit.probes};
  c.rules.slow_limit = p.slow_limit.count() > 0 ? p.slow_limit : p.timeout / 2;
  return c;
}

} // namespace tinybook
