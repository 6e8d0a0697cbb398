#pragma once

#include "actors/sms/sms_provider.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace tinybook::bench {

/// When the first send began and the last was over.
struct tally {
  explicit tally(std::int64_t expected) : rows(expected) {}
  std::int64_t rows;
  std::atomic<std::int64_t> begun{0};
  std::atomic<std::int64_t> ended{0};
  std::chrono::steady_clock::time_point first{};
  std::promise<std::chrono::steady_clock::time_point> last;
};

/// Counts the calls of another provider; without one each call takes `latency` and is
/// accepted.
class counting_provider final : public sms_provider {
 public:
  counting_provider(std::shared_ptr<tally> counts, std::chrono::milliseconds latency,
                    std::unique_ptr<sms_provider> inner)
      : counts_(std::move(counts)), latency_(latency), inner_(std::move(inner)) {}

  send_outcome send(const outgoing_sms& message,
                    std::chrono::milliseconds timeout) override {
    if (counts_->begun++ == 0)
      counts_->first = std::chrono::steady_clock::now();
    send_outcome outcome;
    if (inner_) {
      outcome = inner_->send(message, timeout);
    } else {
      if (latency_.count() > 0)
        std::this_thread::sleep_for(latency_);
      outcome.kind = outcome_class::delivered;
      outcome.provider_message_id = message.client_ref;
      outcome.took = latency_;
    }
    if (outcome.kind != outcome_class::delivered)
      std::fprintf(stderr, "not delivered: %s\n", outcome.text.c_str());
    if (++counts_->ended == counts_->rows)
      counts_->last.set_value(std::chrono::steady_clock::now());
    return outcome;
  }

 private:
  std::shared_ptr<tally> counts_;
  std::chrono::milliseconds latency_;
  std::unique_ptr<sms_provider> inner_;
};

} // namespace tinybook::bench
