#pragma once

#include "http/server/address_counts.hpp"
#include "http/server/endpoint.hpp"
#include "http/server/exchange.hpp"
#include "http/server/request_scanner.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/errc.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook::http {

using steady_time = std::chrono::steady_clock::time_point;

/// What a connection waits for; each phase has its own deadline, but for `serving`: there
/// the journey that answers has one, or it waits for its turn.
enum class phase : std::uint8_t { none, idle, head, body, serving, writing, lingering };

/// A client's socket with what was read and not yet served, the request that is being
/// answered, and what was written and not yet taken. Belongs to one poller.
class connection {
 public:
  /// What the acceptor decided about it.
  struct admission {
    errc refused = errc::none;     ///< The error to answer before it is closed.
    bool replaces_idle = false;    ///< The server is full: an idle one must be closed.
    address_counts::place place{}; ///< In the count of its address.
  };

  connection(unique_fd socket, admission how);

  enum class reception : std::uint8_t { data, nothing, end, broken };

  /// Reads once, without blocking, through `scratch`.
  reception receive(std::string& scratch, std::size_t& received_bytes);

  /// Reads once and discards.
  reception discard(std::string& scratch);

  /// Sends what was left over and then `out`, without blocking; keeps what did not fit
  /// and clears `out`. Returns how many bytes left; on a broken connection all are
  /// dropped, and `is_broken` says so.
  std::size_t send(std::string& out);

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] bool is_blocked() const { return unsent_from_ < unsent_.size(); }
  [[nodiscard]] bool is_broken() const { return broken_; }
  [[nodiscard]] bool has_input() const { return begin_ < input_.size(); }
  /// Whether bytes wait in the kernel that were not read yet.
  [[nodiscard]] bool has_unread() const;

  /// Scans what has come in of the current request.
  request_scanner::state scan(const scan_limits& limits) {
    return scanner_.advance(input_, begin_, limits);
  }
  [[nodiscard]] const request_scanner& scanner() const { return scanner_; }
  /// The first byte of the current request.
  [[nodiscard]] const char* request_bytes() const { return input_.data() + begin_; }
  /// Whether the current request, as far as it has come in, begins so, behind any empty
  /// lines.
  [[nodiscard]] bool begins_with(std::string_view text) const {
    const auto from = input_.find_first_not_of("\r\n", begin_);
    return from != std::string::npos
           && std::string_view{input_}.substr(from).starts_with(text);
  }
  /// Of a whole request.
  [[nodiscard]] std::string_view body() const;
  /// Drops the current, whole request, so that the next one can be looked at.
  void consume_request();

  /// Drops what was read: nothing more of it is served.
  void forget_input();

  /// Takes what it holds off `total`, before it is destroyed.
  void unaccount(std::atomic<std::size_t>& total);

  /// Brings `total` up to date with what this connection holds in memory.
  void account(std::atomic<std::size_t>& total);
  [[nodiscard]] std::size_t held_bytes() const {
    const auto held = input_.capacity() + unsent_.capacity();
    return current ? held + current->request->body.capacity() : held;
  }

  /// Starts the clock and the byte count of a phase.
  void begin_phase(phase what, steady_time now);

  /// So many bytes came in, or were taken by the client, in the current phase.
  void note_progress(std::size_t bytes, steady_time now);

  /// Whether the client has taken more of its answer since the last call, while
  /// `sent_bytes` were given to the kernel. The kernel may hold megabytes for a slow
  /// client, so that it takes no more from us says nothing about the client.
  bool note_taken(std::size_t sent_bytes, steady_time now);

  /// Tells the client that nothing follows; it may still send.
  void finish_sending();

  endpoint remote;
  endpoint local;
  steady_time deadline{};
  steady_time phase_began{};
  steady_time last_active{};
  std::size_t moved_bytes = 0; ///< See `note_progress`.
  phase waits_for = phase::none;
  std::size_t slot = 0; ///< In the table of its poller.
  std::size_t lingered_bytes = 0;
  std::optional<std::uint32_t> interest; ///< The epoll events asked for.
  bool has_next_input = false;           ///< While serving: it is read when that goes on.
  bool ending = false;                   ///< No further request is served.
  bool lingers = false;                  ///< Discards what comes in until it closes.
  bool said_continue = false;            ///< For the current request.
  bool head_judged = false;              ///< Likewise.
  std::optional<std::list<connection*>::iterator> idle_place; ///< In the poller's list.
  std::unique_ptr<exchange> current; ///< The request that is being answered.
  const admission admitted;

 private:
  bool send_some(std::string_view text, std::size_t& sent);
  [[nodiscard]] std::size_t queued_in_kernel() const;
  void release_memory();

  unique_fd socket_;
  std::string input_;
  std::size_t begin_ = 0; ///< Of the current request in `input_`.
  std::string unsent_;
  std::size_t unsent_from_ = 0;
  request_scanner scanner_;
  std::size_t accounted_ = 0;
  std::size_t queued_bytes_ = 0; ///< In the kernel when last looked at, while writing.
  bool broken_ = false;
};

} // namespace tinybook::http
