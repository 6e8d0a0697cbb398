#pragma once

#include "http/server/unique_fd.hpp"
#include "storage/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tinybook::http {

/// A non-blocking listening socket on `address`:`port`, ours alone (no SO_REUSEPORT: the
/// library's own listener sets it, and a second instance would silently take half of the
/// connections). Fails with `errc::unavailable`; the detail names both and the reason.
[[nodiscard]] result<unique_fd> open_listener(const std::string& address,
                                              std::uint16_t port, int backlog);

/// How many files a process has open with that many connections.
[[nodiscard]] std::size_t files_wanted(std::size_t connections);

/// Raises the soft limit of open files to `wanted`, as far as the hard limit allows.
void allow_open_files(std::size_t wanted);

} // namespace tinybook::http
