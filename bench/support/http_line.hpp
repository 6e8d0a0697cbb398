#pragma once

#include <string>
#include <string_view>

namespace tinybook::bench {

/// Connects to 127.0.0.1; -1 = that failed.
[[nodiscard]] int open_connection(int port);

/// A connection that is kept alive, with one request under way at a time. Errors are
/// thrown.
class http_line {
 public:
  explicit http_line(int port);
  ~http_line();
  http_line(http_line&& other) noexcept;
  http_line& operator=(http_line&&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  void send(std::string_view request) const;
  /// Takes what has come and waits for nothing: the status once the answer is whole, 0
  /// before that.
  [[nodiscard]] int take();

 private:
  int fd_;
  std::string come_;
};

} // namespace tinybook::bench
