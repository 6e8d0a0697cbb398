#include "config/draft.hpp"
#include "config/key_check.hpp"
#include "config/phone_library.hpp"
#include "config/text_rules.hpp"

#include <algorithm>

namespace tinybook::config {

namespace {

constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t shortest_receipt_secret = 8;

bool consists_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) {
    return letters_and_digits.find(c) != std::string_view::npos
           || others.find(c) != std::string_view::npos;
  });
}

/// The checks of one `[[sms.providers]]` table; errors name its keys.
class table_check {
 public:
  table_check(draft& of, std::size_t row, const sms_provider& provider)
      : of_(of), row_(row), p_(provider) {}

  void run() {
    switch (p_.kind) {
    case provider_kind::console:
      break;
    case provider_kind::webhook:
      check_webhook();
      break;
    case provider_kind::tencent:
      need("app_id", p_.app_id, "SmsSdkAppId");
      check_cloud("the approved template, for example \"1110\"");
      break;
    case provider_kind::aliyun:
      check_cloud("the approved template, for example \"SMS_123456789\"");
      break;
    case provider_kind::twilio:
      check_twilio();
      break;
    }
    check_receipts();
    check_routes();
  }

 private:
  [[nodiscard]] std::string name(std::string_view key) const {
    return provider_tables().name_of(row_, key);
  }

  void need(std::string_view key, const std::string& value, std::string_view what) {
    if (value.empty())
      of_.fail_together({name(key), name("kind")}, quote(word_of(p_.kind)) + " needs "
                                                       + std::string{key} + " ("
                                                       + std::string{what} + ")");
  }

  /// A secret_env or secret_file without a secret has been reported already.
  void need_secret(std::string_view what) {
    if (p_.secret_env.empty() && p_.secret_file.empty())
      need("secret", p_.secret, what);
  }

  void check_webhook() {
    if (p_.url.empty())
      of_.fail_together({name("url"), name("kind")},
                        "a webhook needs a url, such as \"https://example.org/hook\"");
    if (!rules::is_webhook_secret(p_.secret))
      of_.fail_together({name("secret"), name("secret_env"), name("secret_file")},
                        "a webhook's secret must be \"whsec_\" and base64");
  }

  void check_cloud(std::string_view template_example) {
    need("access_key_id", p_.access_key_id, "the key that the secret belongs to");
    need_secret("or secret_env or secret_file: the secret of access_key_id");
    need("sign_name", p_.sign_name, "the approved signature");
    need("template_id", p_.template_id, template_example);
    check_endpoint();
    const auto known = [](const std::string& parameter) {
      return parameter == "code" || parameter == "minutes";
    };
    if (!std::ranges::all_of(p_.template_params, known)
        || std::ranges::find(p_.template_params, "code") == p_.template_params.end())
      of_.fail_together({name("template_params")},
                        "template_params must hold \"code\" and may hold \"minutes\"");
  }

  void check_twilio() {
    need("account_sid", p_.account_sid, "the account");
    need_secret("or secret_env or secret_file: the account's auth token");
    if (p_.from.empty() && p_.messaging_service_sid.empty())
      of_.fail_together({name("from"), name("messaging_service_sid"), name("kind")},
                        "\"twilio\" needs from or messaging_service_sid");
    if (!consists_of(p_.account_sid, ""))
      of_.fail_together({name("account_sid")},
                        "account_sid must consist of letters and digits");
    check_endpoint();
  }

  /// The query is for the provider's own parameters.
  void check_endpoint() {
    if (p_.url.find('?') != std::string::npos)
      of_.fail_together({name("url")},
                        "the url of " + quote(word_of(p_.kind)) + " must have no query");
  }

  void check_receipts() {
    const auto& secret = p_.receipt_secret;
    if (!secret.empty()
        && (secret.size() < shortest_receipt_secret || !consists_of(secret, "-._~")))
      of_.fail_together({name("receipt_secret")},
                        "receipt_secret becomes part of a path: at least 8 letters, "
                        "digits, \"-\", \".\", \"_\" and \"~\"");
  }

  /// Whether the route lies in one of `codes.extra_ranges` or contains one.
  [[nodiscard]] bool overlaps_an_extra_range(const std::string& route) const {
    return std::ranges::any_of(
        of_.values().codes.extra_ranges, [&route](const std::string& range) {
          return route.starts_with(range) || range.starts_with(route);
        });
  }

  void check_routes() {
    for (const auto& route : p_.routes)
      if (!some_number_begins_with(route) && !overlaps_an_extra_range(route))
        of_.fail_together({name("routes")},
                          "no number of a person begins with " + quote(route)
                              + ": remove it, or add the range to codes.extra_ranges if "
                                "the phone metadata does not know it yet");
    for (const auto& closed : closed_prefixes(p_.kind))
      for (const auto& route : p_.routes)
        if (route.starts_with(closed))
          of_.fail_together({name("routes")}, quote(word_of(p_.kind))
                                                  + " cannot be sent numbers of " + closed
                                                  + ", which it takes for others: remove "
                                                  + quote(route));
  }

  draft& of_;
  std::size_t row_;
  const sms_provider& p_;
};

} // namespace

std::vector<std::string> closed_prefixes(provider_kind kind) {
  // Aliyun is given foreign numbers without the plus. One of `+1` then has eleven digits,
  // as Chinese mobile numbers have, which Aliyun takes without a country code.
  if (kind == provider_kind::aliyun)
    return {"+1"};
  return {};
}

namespace {

void check_provider(draft& of, std::size_t row, const sms_provider& provider) {
  table_check{of, row, provider}.run();
  if (of.values().sms.lease < 2 * provider.timeout)
    of.fail_together({provider_tables().name_of(row, "timeout"), "sms.lease"},
                     "sms.lease must be at least twice the timeout of each provider");
}

} // namespace

void check_providers(draft& of) {
  const auto& providers = of.values().sms.providers;
  for (std::size_t row = 0; row < providers.size(); ++row) {
    const auto& name = providers[row].name;
    const auto same = std::ranges::find(providers, name, &sms_provider::name);
    if (of.given(provider_tables().name_of(row, "name"))
        && same - providers.begin() < static_cast<std::ptrdiff_t>(row))
      of.fail_together({provider_tables().name_of(row, "name")},
                       quote(name) + " is the name of an earlier provider too");
    if (providers[row].enabled)
      check_provider(of, row, providers[row]);
  }
  if (std::ranges::none_of(providers, &sms_provider::enabled))
    of.fail_together({provider_tables().name_of(0, "enabled")},
                     "at least one of [[sms.providers]] must be enabled");
}

} // namespace tinybook::config
