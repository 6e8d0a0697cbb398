#include "storage/support/write_when_ready.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace tinybook {

write_end write_when_ready(int descriptor, std::string_view& text,
                           const std::function<bool()>& waits_on) {
  while (!text.empty()) {
    pollfd space{descriptor, POLLOUT, 0};
    const int ready = ::poll(&space, 1, 100);
    if (ready == 0 && !waits_on())
      return write_end::stalled;
    if (ready <= 0)
      continue;
    // A pipe that is ready takes as many bytes without waiting.
    const auto n =
        ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (n < 0 && errno != EINTR && errno != EAGAIN)
      return write_end::closed;
    if (n > 0)
      text.remove_prefix(static_cast<std::size_t>(n));
  }
  return write_end::written;
}

} // namespace tinybook
