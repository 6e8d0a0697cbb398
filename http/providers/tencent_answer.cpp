#include "http/providers/tencent.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace tinybook::http {

namespace {

using nlohmann::json;
using enum outcome_class;

constexpr auto tencent_codes = std::to_array<code_rule>({
    {"RequestLimitExceeded", throttled, by_prefix},
    {"LimitExceeded.PhoneNumber", number_limited, by_prefix},
    {"LimitExceeded.DeliveryFrequencyLimit", number_limited},
    // Limits of a country, of the mainland, of all others; and a country that is closed.
    {"LimitExceeded.AppCountryOrRegion", not_here, by_prefix, true},
    {"LimitExceeded.AppMainlandChina", not_here, by_prefix, true},
    {"LimitExceeded.AppGlobal", not_here, by_prefix, true},
    {.text = "LimitExceeded.AppDailyLimit", .kind = throttled, .until_tomorrow = true},
    {.text = "LimitExceeded.DailyLimit", .kind = throttled, .until_tomorrow = true},
    // A template of the mainland for a number abroad, and the other way round.
    {"UnsupportedOperation", not_here, by_prefix, true},
    {"FailedOperation.Template", not_here, by_prefix, true},
    {"FailedOperation.SignatureIncorrectOrUnapproved", not_here, code_rule::match::whole,
     true},
    // Its filters.
    {"FailedOperation.ContainSensitiveWord", not_here},
    {"FailedOperation.PhoneNumberInBlacklist", not_here},
    {"InternalError.Timeout", ambiguous},
    {"InternalError.SendAndRecvFail", ambiguous},
    {"InternalError.OtherError", ambiguous},
    {"FailedOperation.InsufficientBalanceInSmsPackage", provider_down},
    {"AuthFailure", provider_down, by_prefix},
    // Arrears, as the provider spells them, too.
    {"SerivceSuspendDueToArrears", provider_down, by_suffix},
    {"ServiceSuspendDueToArrears", provider_down, by_suffix},
    {"UnauthorizedOperation", provider_down, by_prefix},
    {"InvalidParameterValue.IncorrectPhoneNumber", rejected},
});

const json* member(const json& object, std::string_view name) {
  if (!object.is_object())
    return nullptr;
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

} // namespace

classed_answer classify_tencent_answer(const provider_answer& answer,
                                       const outgoing_sms& sent, wall_time now) {
  const auto body = json::parse(answer.body, nullptr, false);
  const auto* response = member(body, "Response");
  if (response == nullptr)
    return class_unreadable(answer, now);
  const auto* verdict = member(*response, "Error");
  if (verdict == nullptr) {
    // One number was sent, so one status must come back.
    const auto* all = member(*response, "SendStatusSet");
    if (all == nullptr || !all->is_array() || all->size() != 1)
      return class_unreadable(answer, now);
    verdict = &all->front();
  }
  if (!verdict->is_object())
    return class_unreadable(answer, now);
  auto code = text_field(*verdict, "Code");
  if (code.empty())
    return class_unreadable(answer, now);
  if (code == "Ok")
    return class_accepted(text_field(*verdict, "SerialNo"), answer);
  return class_refusal(tencent_codes, {std::move(code), raw_field(*verdict, "Message")},
                       answer, sent, now);
}

} // namespace tinybook::http
