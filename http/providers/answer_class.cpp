#include "http/providers/answer_class.hpp"

#include "http/log/redact.hpp"
#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace tinybook::http {

namespace {

constexpr std::size_t max_field_length = 128;

bool fits(const code_rule& rule, std::string_view code) {
  switch (rule.how) {
  case code_rule::match::whole:
    return code == rule.text;
  case code_rule::match::prefix:
    return code.starts_with(rule.text);
  case code_rule::match::suffix:
    return code.ends_with(rule.text);
  }
  return false;
}

const code_rule* rule_of(std::span<const code_rule> rules, std::string_view code) {
  const auto at = std::ranges::find_if(
      rules, [code](const code_rule& rule) { return fits(rule, code); });
  return at == rules.end() ? nullptr : &*at;
}

outcome_class class_of_status(int status) {
  switch (status) {
  case 408:
    return outcome_class::ambiguous;
  case 429:
    return outcome_class::throttled;
  default:
    return outcome_class::provider_down;
  }
}

/// A code is a word; whatever else stands in its place may quote the message.
bool is_code(std::string_view code) {
  return std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || c == '.' || c == '_' || c == '-';
  });
}

/// The wait that a Retry-After header asks for: whole seconds, or an HTTP date against
/// `now`. 0 for anything else and for what has passed; a day at most.
std::chrono::milliseconds parse_retry_after(std::string_view value, wall_time now) {
  using std::chrono::seconds;
  value = trim(value);
  const auto asked = parse_integer(value);
  if (asked.what == parsed_integer::outcome::ok)
    return std::clamp(seconds{asked.value}, seconds{0}, max_retry_after);
  if (asked.what == parsed_integer::outcome::out_of_range)
    return asked.value < 0 ? seconds{0} : max_retry_after;
  const auto date = parse_http_date(value);
  const auto this_second = std::chrono::floor<seconds>(now);
  if (!date || *date <= this_second)
    return seconds{0};
  if (*date - this_second >= max_retry_after)
    return max_retry_after;
  return std::chrono::ceil<std::chrono::milliseconds>(*date - now);
}

} // namespace

void add_wait(send_outcome& out, const provider_answer& answer, wall_time now) {
  if (out.kind == outcome_class::throttled || out.kind == outcome_class::number_limited)
    out.retry_after = parse_retry_after(answer.retry_after, now);
}

bool is_success(int status) {
  return status >= 200 && status < 300;
}

classed_answer class_refusal(std::span<const code_rule> rules, const refusal& said,
                             const provider_answer& answer, const outgoing_sms& sent,
                             wall_time now) {
  classed_answer classed;
  auto& out = classed.outcome;
  const auto* known = rule_of(rules, said.code);
  classed.unknown_code = known == nullptr && !said.code.empty();
  out.kind = known != nullptr ? known->kind : class_of_status(answer.status);
  out.provider_code =
      said.code.empty() ? std::to_string(answer.status) : scrub(said.code, sent);
  if (!is_code(out.provider_code))
    out.provider_code = "unreadable";
  out.text = said.message.empty() ? "HTTP " + std::to_string(answer.status)
                                  : scrub(said.message, sent);
  add_wait(out, answer, now);
  if (known != nullptr) {
    out.whole_region = known->whole_region;
    if (known->until_tomorrow && out.retry_after.count() == 0)
      out.retry_after = max_retry_after;
  }
  return classed;
}

classed_answer class_unreadable(const provider_answer& answer, wall_time now) {
  classed_answer classed;
  auto& out = classed.outcome;
  out.kind = is_success(answer.status) ? outcome_class::ambiguous
                                       : class_of_status(answer.status);
  out.provider_code = std::to_string(answer.status);
  out.text = "HTTP " + out.provider_code;
  if (is_success(answer.status))
    out.text += ", unreadable";
  add_wait(out, answer, now);
  return classed;
}

classed_answer class_accepted(std::string message_id, const provider_answer& answer) {
  classed_answer classed;
  auto& out = classed.outcome;
  if (is_success(answer.status)) {
    out.kind = outcome_class::delivered;
    out.provider_message_id = std::move(message_id);
    return classed;
  }
  out.kind = outcome_class::ambiguous;
  out.provider_code = std::to_string(answer.status);
  out.text = "HTTP " + out.provider_code + ", but accepted";
  return classed;
}

std::string text_field(const nlohmann::json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end())
    return {};
  std::string text;
  if (at->is_string())
    text = at->get<std::string>();
  else if (at->is_number_integer())
    text = at->dump();
  if (!is_clean_text(text, line_breaks::refused))
    return {};
  return truncate_code_points(text, max_field_length);
}

std::string raw_field(const nlohmann::json& object, std::string_view name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::string scrub(std::string_view message, const outgoing_sms& sent) {
  std::string line{message};
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  std::vector<std::string_view> secrets{sent.phone};
  if (sent.phone.starts_with('+'))
    secrets.push_back(std::string_view{sent.phone}.substr(1));
  for (const auto& [name, value] : sent.parameters)
    secrets.push_back(value);
  return truncate_code_points(redact(line, secrets), max_provider_text, "…");
}

} // namespace tinybook::http
