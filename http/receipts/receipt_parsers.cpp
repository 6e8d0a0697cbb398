#include "http/receipts/receipt_parsers.hpp"

#include "http/log/redact.hpp"
#include "http/providers/answer_class.hpp"
#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>
#include <variant>

namespace tinybook::http {

namespace {

using nlohmann::json;
using storage::receipt;

constexpr std::size_t max_code_length = 64;

bool is_e164(std::string_view phone) {
  return phone.size() >= 8 && phone.size() <= 16 && phone.front() == '+'
         && phone.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// Fit to be kept: one line, nothing that looks like a number or a secret.
std::string sanitized(std::string text, std::size_t limit) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return truncate_code_points(redact(text), limit, "…");
}

/// An intermediate state: there is nothing to do.
struct ignored {};

/// One report as read; a `field_error` names the field that was not understood.
using reading = std::variant<receipt, ignored, field_error>;

/// The names of the fields by which a provider's report is joined to its message.
struct join_fields {
  const char* phone;
  const char* id;
};

reading joinable(receipt report, const join_fields& names) {
  if (report.provider_message_id.empty() && report.client_ref.empty())
    return field_error{names.id, field_rule::required};
  if (!is_e164(report.phone))
    return field_error{names.phone, field_rule::not_phone};
  report.provider_code = sanitized(std::move(report.provider_code), max_code_length);
  report.text = sanitized(std::move(report.text), max_provider_text);
  return report;
}

void add(parsed_receipts& to, std::string_view provider, reading one) {
  if (auto* report = std::get_if<receipt>(&one)) {
    report->provider = provider;
    to.receipts.push_back(std::move(*report));
  } else if (auto* odd = std::get_if<field_error>(&one)) {
    to.not_understood.push_back(std::move(*odd));
  }
}

using reader = reading (*)(const json& one);

result<parsed_receipts> read_all(std::string_view provider, const json& all,
                                 reader read) {
  if (!all.is_array())
    return failure{errc::malformed_json, "no array of reports"};
  if (all.size() > max_receipts)
    return failure{errc::body_too_large, "too many reports at once"};
  parsed_receipts out;
  for (const auto& one : all)
    add(out, provider,
        one.is_object()
            ? read(one)
            : reading{field_error{"report", field_rule::wrong_type, 0, "object"}});
  return out;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

/// Whether a final status means delivered, in Twilio's words, which a webhook may use,
/// too. Nothing for an intermediate status and for an unknown one.
std::optional<bool> verdict_of(std::string_view status) {
  if (status == "delivered" || status == "read")
    return true;
  if (is_one_of(status, {"undelivered", "failed", "canceled"}))
    return false;
  return std::nullopt;
}

/// A status that is not final: a known intermediate one is ignored.
reading intermediate(std::string_view status, const char* field) {
  if (is_one_of(status, {"accepted", "scheduled", "queued", "pending", "sending", "sent",
                         "partially_delivered"}))
    return ignored{};
  return field_error{field,
                     status.empty() ? field_rule::required : field_rule::not_one_of, 0,
                     "those of Twilio's MessageStatus"};
}

reading read_tencent(const json& one) {
  const auto status = text_field(one, "report_status");
  if (status != "SUCCESS" && status != "FAIL")
    return field_error{"report_status",
                       status.empty() ? field_rule::required : field_rule::not_one_of, 0,
                       "SUCCESS, FAIL"};
  auto country = text_field(one, "nationcode");
  if (!country.starts_with('+'))
    country.insert(country.begin(), '+');
  receipt report;
  report.provider_message_id = text_field(one, "sid");
  report.phone = country + text_field(one, "mobile");
  report.delivered = status == "SUCCESS";
  report.provider_code = raw_field(one, "errmsg");
  report.text = raw_field(one, "description");
  return joinable(std::move(report), {"mobile", "sid"});
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

/// The number comes with a plus, with `00`, with the country code alone, or, from
/// mainland China, without any. Which of these eleven digits are is decided by the
/// message that the report belongs to.
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

reading read_aliyun(const json& one) {
  const auto success = flag(one, "success");
  if (!success)
    return field_error{"success", one.contains("success") ? field_rule::wrong_type
                                                          : field_rule::required};
  receipt report;
  report.provider_message_id = text_field(one, "biz_id");
  report.client_ref = text_field(one, "out_id");
  read_aliyun_phone(report, text_field(one, "phone_number"));
  report.delivered = *success;
  report.provider_code = raw_field(one, "err_code");
  report.text = raw_field(one, "err_msg");
  return joinable(std::move(report), {"phone_number", "biz_id"});
}

reading read_webhook(const json& one) {
  auto delivered = flag(one, "delivered");
  if (!delivered && one.contains("delivered"))
    return field_error{"delivered", field_rule::wrong_type, 0, "boolean"};
  const auto status = text_field(one, "status");
  const auto verdict = verdict_of(status);
  if (delivered && verdict && *delivered != *verdict)
    return field_error{"status", field_rule::not_one_of, 0,
                       "delivered, undelivered"}; // It says both.
  if (!delivered)
    delivered = verdict;
  if (!delivered)
    return intermediate(status, "status");
  receipt report;
  report.provider_message_id = text_field(one, "message_id");
  if (report.provider_message_id.empty())
    report.provider_message_id = text_field(one, "id");
  report.client_ref = text_field(one, "client_ref");
  report.phone = text_field(one, "phone");
  report.delivered = *delivered;
  report.provider_code = text_field(one, "code");
  report.text = raw_field(one, "text");
  return joinable(std::move(report), {"phone", "id"});
}

} // namespace

result<parsed_receipts> parse_tencent_receipts(std::string_view provider,
                                               std::string_view body) {
  return read_all(provider, json::parse(body, nullptr, false), read_tencent);
}

result<parsed_receipts> parse_aliyun_receipts(std::string_view provider,
                                              std::string_view body) {
  return read_all(provider, json::parse(body, nullptr, false), read_aliyun);
}

result<parsed_receipts> parse_twilio_receipts(std::string_view provider,
                                              std::string_view body) {
  if (!is_utf8(body))
    return failure{errc::bad_request, "no form"};
  auto fields = decode_form(body);
  if (fields["MessageSid"].empty() || fields["MessageStatus"].empty())
    return failure{errc::bad_request, "no report of a message"};
  parsed_receipts out;
  const auto delivered = verdict_of(fields["MessageStatus"]);
  if (!delivered) {
    add(out, provider, intermediate(fields["MessageStatus"], "MessageStatus"));
    return out;
  }
  receipt report;
  report.provider_message_id =
      truncate_code_points(fields["MessageSid"], max_provider_text);
  report.phone = fields["To"];
  report.delivered = *delivered;
  report.provider_code =
      fields["ErrorCode"].empty() ? fields["MessageStatus"] : fields["ErrorCode"];
  report.text = fields["ErrorMessage"];
  add(out, provider, joinable(std::move(report), {"To", "MessageSid"}));
  return out;
}

result<parsed_receipts> parse_webhook_receipts(std::string_view provider,
                                               std::string_view body) {
  auto all = json::parse(body, nullptr, false);
  if (all.is_object())
    all = json::array({std::move(all)});
  return read_all(provider, all, read_webhook);
}

} // namespace tinybook::http
