#include "http/commands/doctor/configuration.hpp"

#include "config/local_parts.hpp"
#include "config/phone_library.hpp"
#include "http/app/start_checks.hpp"

#include <algorithm>
#include <string>

namespace tinybook::http::doctor {

namespace {

using config::provider_kind;

findings judge_mode(const config::settings& s) {
  if (config::embedded(s))
    return {
        fine("configuration.mode", "embedded: one process, all data in storage.path")};
  std::string local;
  for (const auto part : config::local_parts(s))
    local += (local.empty() ? "" : ", ") + std::string{part};
  if (local.empty())
    return {
        fine("configuration.mode", "every back end is shared: any number of replicas")};
  return {note("configuration.mode", "only one replica may run: local are " + local,
               "Share these too before a second replica is started.")};
}

/// What embedded mode is for.
findings judge_trial_parts(const config::settings& s) {
  findings out;
  const bool shared = !config::embedded(s);
  for (const auto& provider : s.sms.providers)
    if (provider.enabled && provider.kind == provider_kind::console)
      out.push_back({shared ? level::warning : level::note, "configuration.console",
                     "\"" + provider.name + "\" prints codes on standard output",
                     "Give a real provider before people sign in ([[sms.providers]])."});
  if (!s.codes.test_numbers.empty())
    out.push_back(
        {shared ? level::warning : level::note, "configuration.test_numbers",
         std::to_string(s.codes.test_numbers.size()) + " phone numbers take a fixed code",
         "Remove codes.test_numbers before people sign in."});
  return out;
}

bool takes(const config::sms_provider& provider, const std::string& prefix) {
  const auto begins = [&prefix](const std::string& other) {
    return prefix.starts_with(other) || other.starts_with(prefix);
  };
  if (std::ranges::any_of(config::closed_prefixes(provider.kind),
                          [&prefix](const auto& p) { return prefix.starts_with(p); }))
    return false;
  return provider.routes.empty() || std::ranges::any_of(provider.routes, begins);
}

findings judge_routes(const config::settings& s) {
  const auto& region = s.codes.default_region;
  const auto prefix =
      "+" + std::to_string(config::phone_library().GetCountryCodeForRegion(region));
  if (std::ranges::any_of(s.sms.providers, [&](const config::sms_provider& p) {
        return p.enabled && takes(p, prefix);
      }))
    return {};
  return {warning("configuration.routes",
                  "no provider takes numbers of codes.default_region, " + region + " ("
                      + prefix + ")",
                  "Add the route to a provider, or set another codes.default_region.")};
}

/// Where a provider could tell what became of a message, and does not.
findings judge_receipts(const config::settings& s) {
  findings out;
  for (const auto& p : s.sms.providers) {
    const bool by_address = p.kind == provider_kind::twilio && s.sms.public_url.empty();
    const bool by_secret =
        (p.kind == provider_kind::tencent || p.kind == provider_kind::aliyun)
        && p.receipt_secret.empty();
    if (p.enabled && (by_address || by_secret))
      out.push_back(note("configuration.receipts",
                         "\"" + p.name + "\" sends no delivery reports here",
                         by_address ? "Set sms.public_url to the address by which it "
                                      "reaches this server."
                                    : "Set its receipt_secret, and name the address in "
                                      "its console (docs/sms.md)."));
  }
  return out;
}

findings judge_insecure(const config::settings& s) {
  if (!s.allow_insecure)
    return {};
  return {note("configuration.allow_insecure",
               "the console provider and test numbers are allowed with shared back ends",
               "Set allow_insecure = false in production.")};
}

findings judge_named_files(const config::settings& s) {
  findings out;
  const auto add = [&out](const char* what, const result<done>& fit) {
    if (!fit)
      out.push_back(error(what, fit.error().detail, "Until then no server starts."));
  };
  add("configuration.certificates", check_certificates(s));
  add("configuration.audit_log", check_audit_file(s));
  return out;
}

findings judge_draining(const config::settings& s) {
  if (!config::local_parts(s).empty() || s.http.drain_delay.count() > 0)
    return {};
  return {note("configuration.drain_delay",
               "http.drain_delay is 0: a stop closes the listener at once",
               "Set it to what a load balancer needs to take a replica out.")};
}

} // namespace

findings judge_configuration(const config::settings& s) {
  findings out;
  for (const auto& warned : s.warnings)
    out.push_back(warning("configuration.keys", warned, "Change the key as it says."));
  for (auto* judge : {&judge_mode, &judge_insecure, &judge_trial_parts, &judge_routes,
                      &judge_receipts, &judge_draining, &judge_named_files})
    for (auto& one : (*judge)(s))
      out.push_back(std::move(one));
  return out;
}

} // namespace tinybook::http::doctor
