#pragma once

#include "http/server/endpoint.hpp"
#include "http/server/request_scanner.hpp"
#include "http/server/unique_fd.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook::http {

class poller;

using steady_time = std::chrono::steady_clock::time_point;

/// What a connection waits for; each phase has its own deadline.
enum class phase : std::uint8_t { none, idle, head, body, writing, lingering };

/// A client's socket with what was read and not yet served, and what was written and not
/// yet taken. One thread owns it at a time: its poller, or, while `away`, a waiting
/// thread.
class connection {
 public:
  connection(unique_fd socket, bool refused_on_arrival);

  enum class reception : std::uint8_t { data, nothing, end, broken };

  /// Reads once, without blocking, through `scratch`.
  reception receive(std::string& scratch, std::size_t& received_bytes);

  /// Reads once and discards.
  reception discard(std::string& scratch);

  /// Sends what was left over and then `out`, without blocking; keeps what did not fit
  /// and clears `out`. Answers how many bytes left; a broken connection takes everything
  /// into the void and `is_broken`.
  std::size_t send(std::string& out);

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] bool is_blocked() const { return unsent_from_ < unsent_.size(); }
  [[nodiscard]] bool is_broken() const { return broken_; }
  [[nodiscard]] bool has_input() const { return begin_ < input_.size(); }
  /// Whether bytes wait in the kernel that were not read yet.
  [[nodiscard]] bool has_unread() const;

  /// Looks how far the present request has come in.
  request_scanner::state scan(const scan_limits& limits) {
    return scanner_.advance(input_, begin_, limits);
  }
  [[nodiscard]] const request_scanner& scanner() const { return scanner_; }
  /// The first byte of the present request.
  [[nodiscard]] const char* request_bytes() const { return input_.data() + begin_; }
  /// Of a whole request.
  [[nodiscard]] std::string_view body() const;
  /// Whether more was read than the present, whole request.
  [[nodiscard]] bool has_more_than_request() const;
  /// Drops the present, whole request, so that the next one can be looked at.
  void consume_request();

  /// Tells the client that nothing follows; it may still send.
  void finish_sending();
  /// Ends both directions; the poller then finds it closed.
  void cut();

  endpoint remote;
  endpoint local;
  steady_time deadline{};
  steady_time last_active{};
  phase waits_for = phase::none;
  poller* home = nullptr; ///< Where it is polled.
  std::size_t slot = 0;   ///< In the table of `home`.
  std::size_t lingered_bytes = 0;
  std::uint32_t interest = 0; ///< The epoll events asked for.
  bool ending = false;        ///< No further request is served.
  bool lingers = false;       ///< Before it closes, reads what still comes.
  bool said_continue = false; ///< For the present request.
  const bool refused_on_arrival;
  std::atomic<bool> away{false};

 private:
  bool send_some(std::string_view text, std::size_t& sent);
  void release_memory();

  unique_fd socket_;
  std::string input_;
  std::size_t begin_ = 0; ///< Of the present request in `input_`.
  std::string unsent_;
  std::size_t unsent_from_ = 0;
  request_scanner scanner_;
  bool broken_ = false;
};

} // namespace tinybook::http
