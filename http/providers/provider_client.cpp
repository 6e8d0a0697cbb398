#include "http/providers/provider_client.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace tinybook::http {

using std::chrono::milliseconds;

namespace {

send_outcome not_sent(std::string_view code, std::string why) {
  send_outcome out;
  out.kind = outcome_class::provider_down;
  out.provider_code = code;
  out.text = std::move(why);
  return out;
}

/// Shared by the clients of a provider. Thread-safe.
class unknown_codes {
 public:
  unknown_codes(std::string provider, log_ptr log)
      : provider_(std::move(provider)), log_(std::move(log)) {}

  void note(const std::string& code) {
    {
      std::lock_guard guard{mutex_};
      if (seen_.size() >= max_codes || !seen_.insert(code).second)
        return;
    }
    if (log_)
      log_->write(config::log_level::warn, "unknown_provider_code",
                  {{"provider", provider_}, untrusted("code", code)});
  }

 private:
  static constexpr std::size_t max_codes = 1000;

  const std::string provider_;
  const log_ptr log_;
  std::mutex mutex_;
  std::set<std::string> seen_;
};

class http_client final : public sms_provider {
 public:
  http_client(const std::string& origin, const std::string& ca_file,
              provider_dialect dialect, wall_clock clock,
              std::shared_ptr<unknown_codes> unknown,
              std::shared_ptr<call_deadlines> deadlines)
      : channel_(origin, ca_file, std::move(deadlines)),
        dialect_(std::move(dialect)),
        clock_(std::move(clock)),
        unknown_(std::move(unknown)) {}

  send_outcome send(const outgoing_sms& message, milliseconds timeout) override {
    auto request = dialect_.request(message, clock_());
    if (!request)
      return not_sent("request", request.error().detail);
    auto got = channel_.post(*request, timeout);
    if (auto* none = std::get_if<send_outcome>(&got))
      return std::move(*none);
    auto classed = dialect_.classify(std::get<provider_answer>(got), message, clock_());
    if (classed.unknown_code)
      unknown_->note(classed.outcome.provider_code);
    return std::move(classed.outcome);
  }

  void cut() override { channel_.cut(); }

 private:
  http_channel channel_;
  provider_dialect dialect_;
  wall_clock clock_;
  std::shared_ptr<unknown_codes> unknown_;
};

class broken_client final : public sms_provider {
 public:
  explicit broken_client(std::string why) : why_(std::move(why)) {}

  send_outcome send(const outgoing_sms&, milliseconds) override {
    return not_sent("config", why_);
  }

 private:
  std::string why_;
};

} // namespace

sms_provider_factory http_provider(provider_endpoint endpoint, provider_dialect dialect,
                                   wall_clock clock, log_ptr log) {
  auto url = split(endpoint.url);
  if (!url)
    return broken_provider(url.error().detail);
  auto unknown =
      std::make_shared<unknown_codes>(std::move(endpoint.name), std::move(log));
  return [origin = std::move(url->origin), ca_file = std::move(endpoint.ca_file),
          dialect = std::move(dialect), clock = std::move(clock),
          unknown = std::move(unknown), deadlines = std::make_shared<call_deadlines>()] {
    return std::make_unique<http_client>(origin, ca_file, dialect, clock, unknown,
                                         deadlines);
  };
}

sms_provider_factory broken_provider(std::string why) {
  return [why = std::move(why)] {
    return std::make_unique<broken_client>(why);
  };
}

} // namespace tinybook::http
