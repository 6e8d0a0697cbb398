#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace tinybook {

enum class write_end : std::uint8_t {
  written, ///< All of it.
  stalled, ///< Its reader stopped reading, and `waits_on` said no.
  closed,  ///< Nobody can read it, or it cannot be written to.
};

/// Writes `text` to a descriptor that other processes may share, such as standard error:
/// it is left in blocking mode, and yet a reader that is stuck does not block us for
/// ever. While it takes nothing, `waits_on` is asked ten times a second whether to keep
/// waiting. `text` becomes what was not written; of `closed`, `errno` tells why.
[[nodiscard]] write_end write_when_ready(int descriptor, std::string_view& text,
                                         const std::function<bool()>& waits_on);

} // namespace tinybook
