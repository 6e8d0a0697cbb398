#pragma once

#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// A transaction that wrote events has committed: look into the outbox now.
struct events_committed {
  using reply = void;
};

/// What Kafka carries: an event as JSON under the key of its article, or, with an empty
/// key, a heartbeat.
struct bus_message {
  std::string key;
  std::string payload;
  std::int32_t partition = 0; ///< Where it was received; ignored when it is published.
};

/// Hands messages to Kafka. Answered with their delivery reports. A heartbeat goes to
/// every partition, behind all that was published there before.
struct publish_messages {
  using reply = done;
  std::vector<bus_message> messages;
};

/// A batch from Kafka to the feed; the answer is the ack. Messages of one partition are
/// in their order.
struct deliver_messages {
  using reply = done;
  std::vector<bus_message> messages;
  std::int32_t partitions = 1; ///< Of the topic.
};

} // namespace tinybook
