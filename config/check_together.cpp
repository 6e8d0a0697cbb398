#include "config/draft.hpp"
#include "config/key_check.hpp"
#include "config/local_parts.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace tinybook::config {

namespace {

/// Notes that `low` must not be above `high`.
template <class T>
void in_order(draft& of, std::string_view low_name, const T& low,
              std::string_view high_name, const T& high) {
  if (low > high)
    of.fail_together({low_name, high_name}, std::string{low_name}
                                                + " must not be more than "
                                                + std::string{high_name});
}

/// A request that waits for the database in vain must still be answered in time.
void check_lock_wait(draft& of) {
  const auto& v = of.values();
  if (v.storage.database == database_kind::sqlite
      && v.storage.busy_timeout >= v.http.deadline)
    of.fail_together({"storage.busy_timeout", "http.deadline"},
                     "storage.busy_timeout must be less than http.deadline");
}

/// What the operator must give outside of embedded mode.
void check_cluster(draft& of) {
  const auto& v = of.values();
  if (embedded(v))
    return;
  if (v.keys.file.empty())
    of.fail_together({"keys.file"},
                     "keys.file is required outside embedded mode; make the file with "
                     "tinybook --new-keys");
  if (v.allow_insecure)
    return;
  if (!v.codes.test_numbers.empty())
    of.fail_together({"codes.test_numbers", "allow_insecure"},
                     "test numbers are for embedded mode; set allow_insecure = true to "
                     "use them all the same");
  for (const auto& provider : v.sms.providers)
    if (provider.enabled && provider.kind == provider_kind::console)
      of.fail_together({"sms.providers", "allow_insecure"},
                       "the console provider \"" + provider.name
                           + "\" is for embedded mode; set allow_insecure = true to use "
                             "it all the same");
}

/// What was done is told by names.
void check_admin_tokens(draft& of) {
  const auto& tokens = of.values().admin.tokens;
  for (std::size_t row = 0; row < tokens.size(); ++row) {
    const auto before = std::span{tokens}.first(row);
    const auto refuse = [&](std::string_view key, const std::string& why) {
      of.fail_together({admin_token_tables().name_of(row, key)}, why);
    };
    const auto& [name, level, hash] = tokens[row];
    if (std::ranges::find(before, name, &admin_token::name) != before.end())
      refuse("name", quote(name) + " is the name of an earlier token too");
    if (name == first_admin_token)
      refuse("name", quote(name) + " is the name of that of the file admin.token too");
    if (std::ranges::find(before, hash, &admin_token::hash) != before.end())
      refuse("hash", "is that of an earlier token too: each person has their own");
  }
}

void check_kafka(draft& of) {
  const auto& kafka = of.values().kafka;
  if (kafka.brokers.empty())
    of.fail_together({"kafka.brokers"}, "kafka.brokers must name a broker");
  const bool logs_in = kafka.security == kafka_security::sasl_plaintext
                       || kafka.security == kafka_security::sasl_ssl;
  const bool given = !kafka.username.empty() && !kafka.password.empty();
  if (logs_in && !given)
    of.fail_together({"kafka.security_protocol"},
                     "sasl needs kafka.username and kafka.password");
  if (!logs_in && !(kafka.username.empty() && kafka.password.empty()))
    of.fail_together({"kafka.username", "kafka.password"},
                     "is used with kafka.security_protocol \"sasl_ssl\" or "
                     "\"sasl_plaintext\" alone");
}

/// Of each back end that is in use.
void check_shared(draft& of) {
  const auto& v = of.values();
  if (v.storage.database == database_kind::postgres) {
    in_order(of, "postgres.reconnect_base", v.postgres.reconnect_base,
             "postgres.reconnect_cap", v.postgres.reconnect_cap);
    in_order(of, "postgres.lock_timeout", v.postgres.lock_timeout,
             "postgres.statement_timeout", v.postgres.statement_timeout);
  }
  if (uses_redis(v))
    in_order(of, "redis.reconnect_base", v.redis.reconnect_base, "redis.reconnect_cap",
             v.redis.reconnect_cap);
  if (v.events.bus == bus_kind::kafka)
    check_kafka(of);
}

void check_http(draft& of) {
  const auto& v = of.values();
  const bool may_clash = v.http.address == v.admin.address || v.http.address == "0.0.0.0"
                         || v.http.address == "::" || v.admin.address == "0.0.0.0"
                         || v.admin.address == "::";
  if (v.http.port != 0 && v.http.port == v.admin.port && may_clash)
    of.fail_together({"http.port", "admin.port"},
                     "http.port and admin.port must differ on the same address");
  in_order(of, "http.max_in_flight_per_actor", v.http.max_in_flight_per_actor,
           "http.max_in_flight", v.http.max_in_flight);
  in_order(of, "http.max_uri", v.http.max_uri_bytes, "http.max_head",
           v.http.max_head_bytes);
  if (v.actors.watchdog
      < v.http.drain_delay + v.http.drain_bound + std::chrono::seconds{3})
    of.fail_together({"actors.watchdog", "http.drain_bound", "http.drain_delay"},
                     "actors.watchdog must be at least http.drain_delay and "
                     "http.drain_bound together, and 3s");
}

void check_accounts(draft& of) {
  const auto& v = of.values();
  in_order(of, "passwords.min_length", v.passwords.min_length, "passwords.max_length",
           v.passwords.max_length);
  in_order(of, "sessions.access_lifetime", v.sessions.access_lifetime,
           "sessions.refresh_lifetime", v.sessions.refresh_lifetime);
  in_order(of, "sessions.refresh_grace", v.sessions.refresh_grace,
           "sessions.access_lifetime", v.sessions.access_lifetime);
}

void check_codes(draft& of) {
  const auto& c = of.values().codes;
  in_order(of, "codes.resend_interval", c.resend_interval, "codes.lifetime", c.lifetime);
  std::vector<std::string> phones;
  for (const auto& number : c.test_numbers)
    phones.push_back(number.substr(0, number.find('=')));
  std::ranges::sort(phones);
  if (std::ranges::adjacent_find(phones) != phones.end())
    of.fail_together({"codes.test_numbers"}, "a phone must have only one code");
}

/// Of the pages' own forms that hold the widget: what is in them must not leave us.
bool is_own_field(std::string_view name) {
  constexpr auto own = std::to_array<std::string_view>(
      {"csrf", "next", "email", "password", "confirmPassword", "phone"});
  return std::ranges::find(own, name) != own.end() || name.starts_with("kept.");
}

void check_widget(draft& of) {
  const auto& v = of.values().abuse;
  const auto needed = std::to_array<std::pair<std::string_view, const std::string*>>(
      {{"abuse.widget_script", &v.widget_script},
       {"abuse.widget_class", &v.widget_class},
       {"abuse.widget_site_key", &v.widget_site_key},
       {"abuse.widget_field", &v.widget_field}});
  const auto is_set = [](const auto& one) {
    return !one.second->empty();
  };
  if (std::ranges::none_of(needed, is_set) && v.widget_sources.empty())
    return;
  for (const auto& one : needed)
    if (!is_set(one))
      of.fail_together({one.first}, std::string{one.first}
                                        + " is missing: a widget needs "
                                          "abuse.widget_script, abuse.widget_class, "
                                          "abuse.widget_site_key and "
                                          "abuse.widget_field, all four or none");
  if (is_own_field(v.widget_field))
    of.fail_together({"abuse.widget_field"},
                     "abuse.widget_field must be no field of the forms themselves, such "
                     "as \""
                         + v.widget_field + '"');
  if (v.webhook.empty())
    of.fail_together({"abuse.webhook", "abuse.widget_script"},
                     "abuse.widget_script needs abuse.webhook: nobody else looks at what "
                     "the widget gives");
}

void check_abuse(draft& of) {
  const auto& v = of.values();
  check_widget(of);
  if (v.abuse.webhook.empty())
    return;
  if (v.abuse.webhook_key.empty())
    of.fail_together({"abuse.webhook_key", "abuse.webhook_key_file", "abuse.webhook"},
                     "abuse.webhook needs abuse.webhook_key, such as \"whsec_\" and what "
                     "openssl rand -base64 32 prints");
  // Else nobody is left to be told what its silence means.
  if (v.abuse.webhook_timeout >= v.http.deadline)
    of.fail_together({"abuse.webhook_timeout", "http.deadline"},
                     "abuse.webhook_timeout must be less than http.deadline");
}

void check_periods(draft& of) {
  const auto& v = of.values();
  in_order(of, "sms.retry.base", v.sms.retry.base, "sms.retry.cap", v.sms.retry.cap);
  in_order(of, "actors.restart_base", v.actors.restart_base, "actors.restart_cap",
           v.actors.restart_cap);
  in_order(of, "articles.list_limit", v.articles.list_limit, "articles.max_list_limit",
           v.articles.max_list_limit);
  in_order(of, "sms.monitor.threshold_floor", v.sms.monitor.threshold_floor,
           "sms.monitor.threshold_cap", v.sms.monitor.threshold_cap);
  in_order(of, "sms.circuit.open_base", v.sms.circuit.open_base, "sms.circuit.open_cap",
           v.sms.circuit.open_cap);
  in_order(of, "sms.circuit.probes_at_once", v.sms.circuit.probes_at_once,
           "sms.circuit.probes", v.sms.circuit.probes);
  if (v.ranking.max_stale < 2 * std::max(v.ranking.refresh_period, v.ranking.heartbeat))
    of.fail_together(
        {"ranking.max_stale", "ranking.refresh_period", "ranking.heartbeat"},
        "ranking.max_stale must be at least twice ranking.refresh_period and "
        "ranking.heartbeat, or every answer is stale");
}

} // namespace

void check_together(draft& of) {
  check_cluster(of);
  check_shared(of);
  check_http(of);
  check_lock_wait(of);
  check_accounts(of);
  check_admin_tokens(of);
  check_codes(of);
  check_abuse(of);
  check_periods(of);
  check_providers(of);
  check_audit_log(of);
}

} // namespace tinybook::config
