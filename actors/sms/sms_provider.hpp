#pragma once

#include "actors/sms/messages.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace tinybook {

/// A blocking client of an SMS provider. Used by one thread at a time, so it may keep
/// connections of its own. Implemented here (console) and by the layer above (HTTP).
class sms_provider {
 public:
  virtual ~sms_provider() = default;

  /// Hands `message` over and classifies the answer, within about `timeout`. If it takes
  /// longer or throws, the outcome is ambiguous: the caller does not wait.
  [[nodiscard]] virtual send_outcome send(const outgoing_sms& message,
                                          std::chrono::milliseconds timeout) = 0;

  /// Aborts the call under way as if the peer had gone, and lets no other begin. Called
  /// from any thread. A client whose calls always end soon need not do anything.
  virtual void cut() {}
};

/// Makes the client of one worker.
using sms_provider_factory = std::function<std::unique_ptr<sms_provider>()>;

} // namespace tinybook
