#pragma once

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
};

/// One client of an SMS provider. Blocks; used by one thread at a time, so it may keep
/// connections of its own. Implemented here (console) and by the layer above, which
/// speaks HTTP.
class sms_provider {
 public:
  virtual ~sms_provider() = default;

  /// Hands `message` over and classes what came back, within about `timeout`. Whoever
  /// cannot keep to it, or throws, has an ambiguous outcome: the caller does not wait.
  [[nodiscard]] virtual send_outcome send(const outgoing_sms& message,
                                          std::chrono::milliseconds timeout) = 0;

  /// Ends the call under way as if the peer had gone, and lets no other begin. From any
  /// thread. For a client whose calls end by themselves there is nothing to do.
  virtual void cut() {}
};

/// Makes the client of one worker.
using sms_provider_factory = std::function<std::unique_ptr<sms_provider>()>;

} // namespace tinybook
