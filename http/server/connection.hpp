#pragma once

#include "http/server/address_counts.hpp"
#include "http/server/endpoint.hpp"
#include "http/server/request_scanner.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/errc.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
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
  /// How it is let in; `place` is its own in the count of its address, if it has one.
  struct admission {
    errc refused = errc::none; ///< It is to be answered that, and closed.
    bool takes_place = false;  ///< There is none but that of a connection which is idle.
    address_counts::place place{};
  };

  connection(unique_fd socket, admission how);

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
  /// Whether the present request, as far as it has come in, begins so.
  [[nodiscard]] bool begins_with(std::string_view text) const {
    return std::string_view{input_}.substr(begin_).starts_with(text);
  }
  /// Of a whole request.
  [[nodiscard]] std::string_view body() const;
  /// Whether more was read than the present, whole request.
  [[nodiscard]] bool has_more_than_request() const;
  /// Drops the present, whole request, so that the next one can be looked at.
  void consume_request();

  /// Drops what was read: nothing more of it is served.
  void forget_input();

  /// Before it goes.
  void forget_all(std::atomic<std::size_t>& total);

  /// Brings `total` up to date with what this connection holds in memory.
  void account(std::atomic<std::size_t>& total);
  [[nodiscard]] std::size_t held_bytes() const {
    return input_.capacity() + unsent_.capacity();
  }

  /// From here on it waits for something else.
  void begin_phase(phase what);

  /// So much of a body came in.
  void came_in(std::size_t bytes);

  /// Whether the client has taken more of its answer since it was looked at last, behind
  /// `sent_bytes` that were given to the kernel since. What the kernel holds for a slow
  /// client may be megabytes: that it takes no more of us tells nothing about the client.
  bool note_taken(std::size_t sent_bytes);

  /// Tells the client that nothing follows; it may still send.
  void finish_sending();
  /// Ends both directions; the poller then finds it closed.
  void cut();

  endpoint remote;
  endpoint local;
  steady_time deadline{};
  steady_time phase_began{};
  steady_time last_active{};
  std::size_t moved_bytes = 0; ///< That came in, or were taken, in the present phase.
  phase waits_for = phase::none;
  poller* home = nullptr; ///< Where it is polled.
  std::size_t slot = 0;   ///< In the table of `home`.
  std::size_t lingered_bytes = 0;
  std::uint32_t interest = 0; ///< The epoll events asked for.
  bool ending = false;        ///< No further request is served.
  bool lingers = false;       ///< Before it closes, reads what still comes.
  bool said_continue = false; ///< For the present request.
  bool head_judged = false;   ///< Likewise.
  std::optional<std::list<connection*>::iterator> idle_place; ///< Its poller's.
  const admission admitted;
  std::atomic<bool> away{false};

 private:
  bool send_some(std::string_view text, std::size_t& sent);
  [[nodiscard]] std::size_t queued_in_kernel() const;
  void release_memory();

  unique_fd socket_;
  std::string input_;
  std::size_t begin_ = 0; ///< Of the present request in `input_`.
  std::string unsent_;
  std::size_t unsent_from_ = 0;
  request_scanner scanner_;
  std::size_t accounted_ = 0;
  std::size_t queued_bytes_ = 0; ///< As seen last, while it is written to.
  bool broken_ = false;
};

} // namespace tinybook::http
