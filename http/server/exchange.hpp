#pragma once

#include "actors/system/journey.hpp"

#include <httplib.h>

#include <atomic>
#include <cstddef>
#include <memory>

namespace tinybook::http {

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
  journey* under_way = nullptr;                ///< What answers it, until it has.
  std::atomic<std::size_t>* counted = nullptr; ///< The count that it is in.
};

} // namespace tinybook::http
