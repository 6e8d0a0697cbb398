#pragma once

#include "storage/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// A heartbeat takes the way of the events, behind all that were committed before its
/// time: whoever has applied it knows that nothing older is missing. So the age that a
/// board reports stays honest when the publisher, the bus or the feed stands still.
[[nodiscard]] std::string encode_heartbeat(wall_time complete_until);

/// Nothing where `json` is no heartbeat.
[[nodiscard]] std::optional<wall_time> decode_heartbeat(std::string_view json);

} // namespace tinybook
