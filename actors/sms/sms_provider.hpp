#pragma once

#include "actors/codes/code_purposes.hpp"
#include "actors/sms/message_text.hpp"
#include "actors/sms/outcome.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace tinybook {

/// The message as a provider client needs it.
struct outgoing_sms {
  message_id id = 0;
  std::string client_ref; ///< The same for every try at every provider.
  std::string phone;      ///< E.164.
  std::string purpose;
  std::string template_name;
  message_parameters parameters;
  language lang = language::zh;
  wall_time expires_at{};

  /// It carries no code.
  [[nodiscard]] bool is_notice() const { return purpose == purpose_notice; }
};

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
