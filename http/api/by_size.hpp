#pragma once

#include "actors/system/long_work.hpp"
#include "http/api/environment.hpp"

#include <cstddef>
#include <functional>

namespace tinybook::http {

/// Bytes of which the work is done on a poller.
inline constexpr std::size_t done_here_at_most = std::size_t{64} * 1024;

/// Does `work`, which is about so many bytes: on the poller, or elsewhere where it would
/// hold up the poller's other connections. It shares or owns what it touches, for it may
/// still be at work when the connection and its server are gone.
inline task<result<done>> do_by_size(call c, std::size_t bytes,
                                     std::function<void()> work) {
  if (bytes <= done_here_at_most) {
    work();
    co_return done{};
  }
  co_return co_await c.ask(c.env.actors.long_work, run_long_work{std::move(work)});
}

} // namespace tinybook::http
