#include "http/providers/webhook.hpp"

#include "actors/sms/message_text.hpp"
#include "http/providers/url.hpp"
#include "http/providers/webhook_answer.hpp"
#include "http/providers/webhook_signature.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace tinybook::http {

using std::chrono::milliseconds;

namespace {

/// Longer answers are cut off: nobody needs them.
constexpr std::size_t longest_answer_bytes = 64 * 1024;
constexpr auto json_type = "application/json; charset=utf-8";

std::string body_of(const outgoing_sms& message) {
  using nlohmann::json;
  const auto text =
      render_message(message.template_name, message.parameters, message.lang);
  json body{{"id", message.client_ref},
            {"phone", message.phone},
            {"template", message.template_name},
            {"parameters", message.parameters},
            {"purpose", message.purpose},
            {"expires_at", format_rfc3339(message.expires_at)}};
  body["text"] = text ? json(*text) : json(nullptr);
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// What a request that got no answer means: certainly not sent while the connection did
/// not stand or the body was not out, else nobody knows.
send_outcome classify(httplib::Error error) {
  using httplib::Error;
  send_outcome out;
  out.text = httplib::to_string(error);
  switch (error) {
  case Error::Connection:
  case Error::ConnectionTimeout:
  case Error::BindIPAddress:
  case Error::SSLConnection:
  case Error::SSLLoadingCerts:
  case Error::SSLServerVerification:
  case Error::Write:
    out.kind = outcome_class::provider_down;
    out.provider_code = "connection";
    break;
  case Error::Read:
  default:
    out.kind = outcome_class::ambiguous;
    out.provider_code = "no_answer";
  }
  return out;
}

class webhook_client final : public sms_provider {
 public:
  webhook_client(webhook_options options, wall_clock clock)
      : options_(std::move(options)), clock_(std::move(clock)) {
    open();
  }

  send_outcome send(const outgoing_sms& message, milliseconds timeout) override {
    if (!client_)
      return {outcome_class::provider_down, "", "config", broken_, {}, {}};
    // A connection that does not come about is told from an answer that does not come.
    client_->set_connection_timeout(timeout / 2);
    client_->set_write_timeout(timeout / 2);
    client_->set_read_timeout(timeout);
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    auto request = request_for(message);
    std::string answer;
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                   std::uint64_t) {
      answer.append(data, std::min(size, longest_answer_bytes - answer.size()));
      return std::chrono::steady_clock::now() < deadline;
    };
    const auto sent = client_->send(request);
    if (!sent)
      return classify(sent.error());
    return classify_webhook_answer(sent->status, answer,
                                   sent->get_header_value("Retry-After"), clock_());
  }

 private:
  void open() {
    auto url = split(options_.url);
    if (!url) {
      broken_ = url.error().detail;
      return;
    }
    if (!options_.secret.empty()) {
      auto key = decode_webhook_secret(options_.secret);
      if (!key) {
        broken_ = key.error().detail;
        return;
      }
      key_ = std::move(*key);
    }
    target_ = url->target;
    client_.emplace(url->origin);
    client_->set_keep_alive(true);
    client_->set_tcp_nodelay(true);
    client_->set_follow_location(false);
    client_->set_url_encode(false);
    client_->enable_server_certificate_verification(true);
    if (!options_.ca_file.empty())
      client_->set_ca_cert_path(options_.ca_file.c_str());
  }

  httplib::Request request_for(const outgoing_sms& message) const {
    httplib::Request request;
    request.method = "POST";
    request.path = target_;
    request.body = body_of(message);
    const auto seconds = to_unix_ms(clock_()) / 1000;
    request.headers = {{"Content-Type", json_type},
                       {"Accept", "application/json"},
                       {"webhook-id", message.client_ref},
                       {"webhook-timestamp", std::to_string(seconds)}};
    if (key_)
      request.headers.emplace("webhook-signature", sign_webhook(*key_, message.client_ref,
                                                                seconds, request.body));
    return request;
  }

  webhook_options options_;
  wall_clock clock_;
  std::string target_;
  std::string broken_;
  std::optional<std::string> key_;
  std::optional<httplib::Client> client_;
};

} // namespace

result<done> check_webhook(const webhook_options& options) {
  if (auto url = split(options.url); !url)
    return url.error();
  if (options.secret.empty())
    return done{};
  if (auto key = decode_webhook_secret(options.secret); !key)
    return key.error();
  return done{};
}

sms_provider_factory webhook_provider(webhook_options options, wall_clock clock) {
  return [options = std::move(options), clock = std::move(clock)] {
    return std::make_unique<webhook_client>(options, clock);
  };
}

} // namespace tinybook::http
