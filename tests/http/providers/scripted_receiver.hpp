#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::test {

/// A TCP server on loopback that misbehaves by a script: after each whole request it
/// writes what the script returns, byte for byte. One connection at a time.
class scripted_receiver {
 public:
  struct reaction {
    std::string bytes;
    bool close = true;
    bool hang = false; ///< Keeps the connection, silent, until the client leaves.
  };
  using script = std::function<reaction(const std::string& request)>;

  explicit scripted_receiver(script s);
  ~scripted_receiver();
  scripted_receiver(const scripted_receiver&) = delete;
  scripted_receiver& operator=(const scripted_receiver&) = delete;

  [[nodiscard]] std::string url(const std::string& target = "/sms") const;
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::vector<std::string> requests() const;
  /// Returns once the receiver has closed so many connections.
  void wait_until_closed(int connections) const;

 private:
  void serve();
  void serve_connection(int peer);

  script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> closed_{0};
  std::atomic<int> peer_{-1};
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// The bytes of an answer; each of the `headers` ends its line itself.
[[nodiscard]] inline std::string http_answer(const std::string& status,
                                             const std::string& headers = "",
                                             const std::string& body = "") {
  return "HTTP/1.1 " + status + "\r\n" + headers
         + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace tinybook::test
