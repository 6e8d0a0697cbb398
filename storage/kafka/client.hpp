#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct rd_kafka_s;

namespace tinybook::storage::kafka {

/// Names and values of the library's configuration.
using client_settings = std::vector<std::pair<std::string, std::string>>;

/// What every client here has: short timeouts, so that a dead connection is given up
/// soon, and quick reconnects, so that an outage ends soon after the broker is back; and
/// how brokers are spoken to.
[[nodiscard]] client_settings base_settings(const config::kafka_settings& settings);

/// Closes a client without waiting for what it still has to send or to fetch; a consumer
/// commits what was stored. The library may take long, or for ever where it lost track of
/// a partition whose topic was deleted, so it closes in a thread of its own, which is
/// waited for no longer than a second.
struct client_closer {
  void operator()(rd_kafka_s* client) const;
  std::shared_ptr<void> kept{}; ///< What its callbacks use; destroyed with it.
};
using client_ptr = std::unique_ptr<rd_kafka_s, client_closer>;

/// Checks that some broker answers. Fails with `unavailable` where none does in time.
[[nodiscard]] result<done> probe(rd_kafka_s* client, std::chrono::milliseconds bound);

/// The library's text for an error code, as a failure of ours.
[[nodiscard]] failure failure_from(int code, const std::string& what);

} // namespace tinybook::storage::kafka
