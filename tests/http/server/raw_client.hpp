#pragma once

#include "http/server/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook::http {

struct raw_response {
  int status = 0;
  std::map<std::string, std::string> headers; ///< Names in lower case.
  std::string body;
};

/// A plain socket: sends any bytes, and reads answers with a deadline.
class raw_client {
 public:
  static constexpr std::chrono::seconds patience{10};

  explicit raw_client(std::uint16_t port, int receive_buffer_bytes = 0);

  /// Sends everything; false once the server has closed.
  bool send(std::string_view text);

  /// One answer, or nothing when the connection ended or the deadline passed before it
  /// was whole. `without_body`: it answers a HEAD.
  std::optional<raw_response> read(bool without_body = false);

  /// Whether the server closes before the deadline; drops what still comes in.
  bool is_closed(std::chrono::milliseconds within = patience);

  /// Whether the server ended the connection by a reset, which may destroy its answer.
  [[nodiscard]] bool was_reset() const { return reset_; }

  /// Whether something has come in that `read` has not yet taken, without waiting.
  [[nodiscard]] bool has_data() const;

  /// Reads and drops up to so many bytes that have come in, without waiting; returns how
  /// many.
  std::size_t take_some(std::size_t bytes);

  void finish_sending() const;

  /// Ends the connection at once, by a reset.
  void reset();

 private:
  bool receive(std::chrono::steady_clock::time_point until);
  bool receive_until(std::string_view mark, std::chrono::steady_clock::time_point until);
  bool read_chunks(std::string& body, std::chrono::steady_clock::time_point until);

  unique_fd socket_;
  std::string input_;
  bool ended_ = false;
  bool reset_ = false;
};

/// Sends one request on a connection of its own and reads the answer.
std::optional<raw_response> ask(std::uint16_t port, std::string_view request);

/// Whether `condition` became true before the deadline.
template <class Condition>
bool eventually(Condition condition) {
  auto until = std::chrono::steady_clock::now() + raw_client::patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until)
      return false;
  }
  return true;
}

} // namespace tinybook::http
