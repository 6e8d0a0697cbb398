#pragma once

#include "http/server/connection.hpp"
#include "http/server/server_core.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/result.hpp"

#include <functional>
#include <memory>
#include <poll.h>
#include <thread>

namespace tinybook::http {

/// A thread that accepts connections and hands them on. Unlike the library's own loop
/// it neither closes the listener after a failed accept nor spins when descriptors run
/// out.
class acceptor {
 public:
  using receiver = std::function<void(std::unique_ptr<connection>)>;

  acceptor(server_core& core, receiver give);
  /// Stops.
  ~acceptor();

  acceptor(const acceptor&) = delete;
  acceptor& operator=(const acceptor&) = delete;

  [[nodiscard]] result<done> start(unique_fd listener);

  /// Accepts what waits in the backlog or is about to (50 ms), closes the listener and
  /// joins. May be called again.
  void stop();

 private:
  void run();
  void accept_waiting();
  void finish_handshakes(pollfd listener);
  void take(unique_fd socket);
  [[nodiscard]] connection::admission admit(int socket);
  void shed_one();

  server_core& core_;
  receiver give_;
  unique_fd listener_;
  unique_fd stop_;
  unique_fd spare_; ///< Closed to accept, and refuse, one when descriptors run out.
  std::thread thread_;
};

} // namespace tinybook::http
