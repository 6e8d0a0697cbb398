#pragma once

#include "actors/system/journey.hpp"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace tinybook::http {

/// Makes the next part of a body whose length is not known when its answer begins. An
/// empty one is the end; where it fails, or does not come in the time of an answer, the
/// connection is closed in the middle, so that nobody takes what came for the whole.
using next_part = std::function<task<result<std::string>>()>;

/// One request of a connection on its way to its answer. Where the client resets the
/// connection meanwhile, it is destroyed, and the journey with it.
struct exchange {
  exchange() = default;
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  ~exchange() {
    if (under_way != nullptr)
      journeys::end(*under_way);
    if (counted != nullptr)
      counted->fetch_sub(1, std::memory_order_relaxed);
  }

  std::shared_ptr<const httplib::Request> request; ///< Shared with work elsewhere on it.
  httplib::Response response;
  deadline began{};        ///< When the request was whole.
  bool keeps_alive = true; ///< What the client asks for.
  bool is_http_1_0 = false;
  bool is_head = false;
  std::chrono::nanoseconds patience{}; ///< How long its answer may take, or a part of it.

  // Of an answer in parts.
  next_part rest{};     ///< Behind the body of `response`; null = none.
  bool streams = false; ///< Its head is sent.
  bool closes = false;  ///< The connection ends behind it.
  result<std::string> part{errc::internal}; ///< The last one that came.

  journey* under_way = nullptr;                ///< What answers it, until it has.
  std::atomic<std::size_t>* counted = nullptr; ///< The count that it is in.
};

} // namespace tinybook::http
