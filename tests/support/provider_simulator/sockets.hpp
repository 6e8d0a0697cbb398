#pragma once

namespace tinybook::test {

/// The descriptor in this process of the connection between the two ports of loopback, on
/// the side of `local_port`; -1 if there is none. cpp-httplib does not give it to its
/// handlers.
[[nodiscard]] int find_connection(int local_port, int remote_port);

/// Ends every connection that a server at `local_port` holds open.
void shut_connections(int local_port);

/// Closes a connection for both sides, at once and without an answer.
void shut_connection(int fd);

/// Waits for at most `bound_ms`; true when the other side has left.
[[nodiscard]] bool peer_left(int fd, int bound_ms);

} // namespace tinybook::test
