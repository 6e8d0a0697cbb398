#pragma once

#include "actors/events/messages.hpp"
#include "storage/kafka/consumer.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace tinybook {

/// What was read under one assignment of partitions, with the offsets that it reaches to.
struct gathered_batch {
  std::uint64_t generation = 0;
  std::vector<bus_message> messages;
  storage::kafka::offsets behind;

  [[nodiscard]] bool empty() const { return messages.empty(); }

  void add(storage::kafka::record record) {
    behind[record.partition] = record.offset + 1;
    messages.push_back(
        {std::move(record.key), std::move(record.payload), record.partition});
  }
};

} // namespace tinybook
