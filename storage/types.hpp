#pragma once

#include "storage/support/calendar.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace tinybook {

/// Where an actor reads wall time; tests and the simulation hand in their own.
using wall_clock = std::function<wall_time()>;

/// The system's time in whole milliseconds, so that a value survives a round trip through
/// every back end unchanged.
[[nodiscard]] inline wall_time system_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

using user_id = std::int64_t;    ///< Positive, below 2^53; 0 = nobody.
using article_id = std::int64_t; ///< Positive, below 2^53; 0 = a new article.
using message_id = std::int64_t; ///< An outbox row.
using code_id = std::int64_t;    ///< One issued code; links it with its outbox row.

namespace storage {

class handle; ///< A connection to a database: storage/handle.hpp.

/// A list of types. That of a store's commands is a class of its own, which can be
/// declared without them; `list` is the bare one.
template <class... Commands>
struct commands {
  using list = commands;
};

/// How many old rows a step of the upkeep deleted.
struct removed_count {
  std::int64_t rows = 0;
};

} // namespace storage

} // namespace tinybook
