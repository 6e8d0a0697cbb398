#include "http/providers/verdict_webhook.hpp"

#include "http/providers/answer_class.hpp"
#include "http/providers/webhook_signature.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace tinybook::http {

namespace {

using nlohmann::json;

std::string hash_with(std::string_view key, std::string_view text) {
  return hex_encode(hmac_sha256(key, text));
}

/// One line without control characters.
std::string as_plain_line(std::string_view text) {
  auto line = truncate_code_points(text, max_verdict_text, "…");
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return std::string{trim(line)};
}

class verdict_webhook_client final : public verdict_client {
 public:
  verdict_webhook_client(const split_url& url, const std::string& ca_file,
                         std::string key, wall_clock clock,
                         std::shared_ptr<random_source> random,
                         std::shared_ptr<call_deadlines> deadlines)
      : channel_(url.origin, ca_file, std::move(deadlines)),
        target_(url.target),
        key_(std::move(key)),
        clock_(std::move(clock)),
        random_(std::move(random)) {}

  hook_verdict ask(const verdict_question& question,
                   std::chrono::milliseconds timeout) override {
    const auto id = random_id(*random_);
    const auto seconds = to_unix_ms(clock_()) / 1000;
    const auto body = verdict_body(question, id, key_);
    auto got = channel_.post(
        signed_request(target_, key_, {.id = id, .unix_seconds = seconds}, body),
        timeout);
    if (const auto* none = std::get_if<send_outcome>(&got))
      return {.why = none->text};
    return read_verdict(std::get<provider_answer>(got));
  }

 private:
  http_channel channel_;
  std::string target_;
  std::string key_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
};

class broken_verdict_client final : public verdict_client {
 public:
  explicit broken_verdict_client(std::string why) : why_(std::move(why)) {}

  hook_verdict ask(const verdict_question&, std::chrono::milliseconds) override {
    return {.why = why_};
  }

 private:
  std::string why_;
};

} // namespace

std::string verdict_body(const verdict_question& question, std::string_view id,
                         std::string_view key) {
  const auto& client = question.client;
  json body{{"id", id},
            {"address", client.address},
            {"network", client.network},
            {"device_known", !client.device.empty()},
            {"language", client.language},
            {"token", client.verdict_token}};
  if (question.what == verdict_question::about::code_send) {
    body["type"] = "code.send";
    body["purpose"] = question.purpose;
    body["country_prefix"] = question.country_prefix;
    body["region"] = question.region;
    body["phone"] = mask_phone(question.phone);
    body["phone_hash"] = hash_with(key, question.phone);
  } else {
    body["type"] = "sign_up";
    body["email_domain"] = question.email.substr(question.email.rfind('@') + 1);
    body["email_hash"] = hash_with(key, question.email);
  }
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

hook_verdict read_verdict(const provider_answer& answer) {
  using outcome = hook_verdict::outcome;
  if (!is_success(answer.status))
    return {.why = "HTTP " + std::to_string(answer.status)};
  const auto body = json::parse(answer.body, nullptr, false);
  const auto said = body.is_object() ? raw_field(body, "verdict") : std::string{};
  if (said == "allow")
    return {.kind = outcome::allowed};
  if (said == "deny")
    return {.kind = outcome::denied, .text = as_plain_line(raw_field(body, "text"))};
  return {.why = "an answer that is no verdict"};
}

verdict_client_factory verdict_webhook(verdict_webhook_options options, wall_clock clock,
                                       std::shared_ptr<random_source> random) {
  auto url = split(options.url);
  auto key = decode_webhook_secret(options.secret);
  if (!url || !key)
    return [why = url ? key.error().detail : url.error().detail] {
      return std::make_unique<broken_verdict_client>(why);
    };
  return [url = std::move(*url), ca_file = std::move(options.ca_file),
          key = std::move(*key), clock = std::move(clock), random = std::move(random),
          deadlines = std::make_shared<call_deadlines>()] {
    return std::make_unique<verdict_webhook_client>(url, ca_file, key, clock, random,
                                                    deadlines);
  };
}

} // namespace tinybook::http
