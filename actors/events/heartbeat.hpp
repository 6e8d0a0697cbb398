#pragma once

#include "storage/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// A heartbeat travels the path of the events, behind all that was committed before its
/// time: who has applied it knows that nothing older is missing. So the age that a board
/// tells is honest also when publisher, bus or feed stand still.
[[nodiscard]] std::string encode_heartbeat(wall_time complete_until);

/// Nothing where `json` is no heartbeat.
[[nodiscard]] std::optional<wall_time> decode_heartbeat(std::string_view json);

} // namespace tinybook
