#include "http/receipts/receipt_parsers.hpp"

#include "http/log/redact.hpp"
#include "http/providers/answer_class.hpp"
#include "http/providers/uri_text.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace tinybook::http {

namespace {

using nlohmann::json;
using storage::receipt;

constexpr std::size_t longest_code = 64;

bool is_e164(std::string_view phone) {
  return phone.size() >= 8 && phone.size() <= 16 && phone.front() == '+'
         && phone.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// As it may be kept: one line, nothing that looks like a number or a secret.
std::string harmless(std::string text, std::size_t limit) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return truncate_code_points(redact(text), limit, "…");
}

/// Nothing where it cannot be joined to any message.
std::optional<receipt> usable(receipt report) {
  if (!is_e164(report.phone)
      || (report.provider_message_id.empty() && report.client_ref.empty()))
    return std::nullopt;
  report.provider_code = harmless(std::move(report.provider_code), longest_code);
  report.text = harmless(std::move(report.text), longest_provider_text);
  return report;
}

using reader = std::optional<receipt> (*)(const json& one);

result<std::vector<receipt>> read_all(std::string_view provider, const json& all,
                                      reader read) {
  if (!all.is_array())
    return failure{errc::malformed_json, "no array of reports"};
  if (all.size() > most_receipts)
    return failure{errc::body_too_large, "too many reports at once"};
  std::vector<receipt> reports;
  for (const auto& one : all)
    if (one.is_object())
      if (auto report = read(one)) {
        report->provider = provider;
        reports.push_back(std::move(*report));
      }
  return reports;
}

std::optional<receipt> read_tencent(const json& one) {
  const auto status = text_field(one, "report_status");
  if (status != "SUCCESS" && status != "FAIL")
    return std::nullopt;
  auto country = text_field(one, "nationcode");
  if (!country.starts_with('+'))
    country.insert(country.begin(), '+');
  receipt report;
  report.provider_message_id = text_field(one, "sid");
  report.phone = country + text_field(one, "mobile");
  report.delivered = status == "SUCCESS";
  report.provider_code = raw_field(one, "errmsg");
  report.text = raw_field(one, "description");
  return usable(std::move(report));
}

/// True and false, also as texts.
std::optional<bool> flag(const json& one, std::string_view name) {
  const auto at = one.find(name);
  if (at == one.end())
    return std::nullopt;
  if (at->is_boolean())
    return at->get<bool>();
  if (*at == "true" || *at == "false")
    return *at == "true";
  return std::nullopt;
}

/// With a plus, with `00`, with its country alone, or a number of the mainland without
/// any: what eleven digits are the message tells that the report is about.
void read_aliyun_phone(receipt& report, std::string_view number) {
  constexpr std::size_t mobile_digits = 11;
  const bool may_be_domestic = number.size() == mobile_digits && number.front() == '1';
  if (number.starts_with('+'))
    number.remove_prefix(1);
  else if (number.starts_with("00"))
    number.remove_prefix(2);
  report.phone = "+" + std::string{number};
  if (may_be_domestic)
    report.domestic_phone = "+86" + std::string{number};
}

std::optional<receipt> read_aliyun(const json& one) {
  const auto success = flag(one, "success");
  if (!success)
    return std::nullopt;
  receipt report;
  report.provider_message_id = text_field(one, "biz_id");
  report.client_ref = text_field(one, "out_id");
  read_aliyun_phone(report, text_field(one, "phone_number"));
  report.delivered = *success;
  report.provider_code = raw_field(one, "err_code");
  report.text = raw_field(one, "err_msg");
  return usable(std::move(report));
}

/// Whether a status is an end, and a good one. The words of Twilio, and those that a
/// webhook may use, too.
std::optional<bool> verdict_of(std::string_view status) {
  if (status == "delivered")
    return true;
  if (status == "undelivered" || status == "failed")
    return false;
  return std::nullopt;
}

std::optional<receipt> read_webhook(const json& one) {
  auto delivered = flag(one, "delivered");
  if (!delivered)
    delivered = verdict_of(text_field(one, "status"));
  if (!delivered)
    return std::nullopt;
  receipt report;
  report.provider_message_id = text_field(one, "message_id");
  if (report.provider_message_id.empty())
    report.provider_message_id = text_field(one, "id");
  report.client_ref = text_field(one, "client_ref");
  report.phone = text_field(one, "phone");
  report.delivered = *delivered;
  report.provider_code = text_field(one, "code");
  report.text = raw_field(one, "text");
  return usable(std::move(report));
}

} // namespace

result<std::vector<receipt>> parse_tencent_receipts(std::string_view provider,
                                                    std::string_view body) {
  return read_all(provider, json::parse(body, nullptr, false), read_tencent);
}

result<std::vector<receipt>> parse_aliyun_receipts(std::string_view provider,
                                                   std::string_view body) {
  return read_all(provider, json::parse(body, nullptr, false), read_aliyun);
}

result<std::vector<receipt>> parse_twilio_receipts(std::string_view provider,
                                                   std::string_view body) {
  if (!is_utf8(body))
    return failure{errc::bad_request, "no form"};
  auto fields = decode_form(body);
  if (fields["MessageSid"].empty() || fields["MessageStatus"].empty())
    return failure{errc::bad_request, "no report of a message"};
  const auto delivered = verdict_of(fields["MessageStatus"]);
  if (!delivered)
    return std::vector<receipt>{};
  receipt report;
  report.provider = provider;
  report.provider_message_id =
      truncate_code_points(fields["MessageSid"], longest_provider_text);
  report.phone = fields["To"];
  report.delivered = *delivered;
  report.provider_code =
      fields["ErrorCode"].empty() ? fields["MessageStatus"] : fields["ErrorCode"];
  report.text = fields["ErrorMessage"];
  auto kept = usable(std::move(report));
  return kept ? std::vector{std::move(*kept)} : std::vector<receipt>{};
}

result<std::vector<receipt>> parse_webhook_receipts(std::string_view provider,
                                                    std::string_view body) {
  auto all = json::parse(body, nullptr, false);
  if (all.is_object())
    all = json::array({std::move(all)});
  return read_all(provider, all, read_webhook);
}

} // namespace tinybook::http
