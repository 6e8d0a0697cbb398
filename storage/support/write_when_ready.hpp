#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace tinybook {

enum class write_end : std::uint8_t {
  written, ///< All of it.
  stalled, ///< Its reader took no more of it, and nobody wanted to wait on.
  closed,  ///< Nobody can read it, or it cannot be written to.
};

/// Writes `text` to a descriptor that other processes may share, such as standard error:
/// it is left in blocking mode, and yet a reader that is stuck blocks nobody for ever.
/// While it takes nothing, `waits_on` is asked ten times a second.
[[nodiscard]] write_end write_when_ready(int descriptor, std::string_view text,
                                         const std::function<bool()>& waits_on);

} // namespace tinybook
