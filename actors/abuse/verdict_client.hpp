#pragma once

#include "actors/abuse/messages.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace tinybook {

/// Calls the operator's endpoint and blocks meanwhile. For one thread.
class verdict_client {
 public:
  virtual ~verdict_client() = default;

  /// Within `timeout`, whatever the other side does.
  [[nodiscard]] virtual hook_verdict ask(const verdict_question& question,
                                         std::chrono::milliseconds timeout) = 0;
};

/// Makes the client of one connection.
using verdict_client_factory = std::function<std::unique_ptr<verdict_client>()>;

} // namespace tinybook
