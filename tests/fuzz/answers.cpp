#include "http/providers/aliyun.hpp"
#include "http/providers/answer_class.hpp"
#include "http/providers/tencent.hpp"
#include "http/providers/twilio.hpp"
#include "http/providers/webhook.hpp"
#include "tests/fuzz/target.hpp"

#include <utf8.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string>

namespace tinybook::fuzz {

namespace {

using classifier = http::classed_answer (*)(const http::provider_answer&,
                                            const outgoing_sms&, wall_time);

/// The first line is `200 30` (status and Retry-After), the rest the body.
http::provider_answer read_answer(std::string_view input) {
  http::provider_answer out;
  const auto line = input.substr(0, input.find('\n'));
  const auto status = std::from_chars(line.data(), line.data() + line.size(), out.status);
  out.status = std::abs(out.status % 1000); // Three digits is what HTTP lets through.
  out.retry_after = std::string(status.ptr, line.data() + line.size());
  if (line.size() < input.size())
    out.body = input.substr(line.size() + 1);
  return out;
}

void try_answer(classifier classify, std::string_view input) {
  const std::string code = "493817";
  const std::string phone = "+8613800138000";
  outgoing_sms sent;
  sent.phone = phone;
  sent.parameters = {{"code", code}, {"minutes", "10"}};
  const wall_time now{std::chrono::seconds{1'800'000'000}};
  const auto outcome = classify(read_answer(input), sent, now).outcome;
  expect(outcome.retry_after.count() >= 0, "a wait is no time in the past");
  for (const auto* said : {&outcome.text, &outcome.provider_code}) {
    expect(utf8::is_valid(*said), "what is kept of an answer is UTF-8");
    expect(said->find(code) == std::string::npos, "no code is kept of an answer");
    expect(said->find(phone.substr(3)) == std::string::npos,
           "no phone is kept of an answer");
    expect(said->size() <= 4 * http::max_provider_text, "what is kept is bounded");
  }
}

} // namespace

void aliyun_answer(std::string_view input) {
  try_answer(http::classify_aliyun_answer, input);
}

void tencent_answer(std::string_view input) {
  try_answer(http::classify_tencent_answer, input);
}

void twilio_answer(std::string_view input) {
  try_answer(http::classify_twilio_answer, input);
}

void webhook_answer(std::string_view input) {
  try_answer(http::classify_webhook_answer, input);
}

} // namespace tinybook::fuzz
