#pragma once

#include "http/server/connection.hpp"
#include "http/server/server_core.hpp"

#include <string>

namespace tinybook::http {

/// What is to be done with a connection next.
enum class next_step : std::uint8_t {
  wait,      ///< For its socket; see `connection::waits_for`.
  hand_over, ///< Its request is for the waiting lane, and is counted there.
  close,
};

/// What is said to a client and when: serves, refuses, times out. Called by the thread
/// that owns the connection; blocks in handlers only.
class conversation {
 public:
  explicit conversation(server_core& core) : core_(core) {}

  /// Serves, in order, the requests that have come in whole, refuses what cannot be
  /// served, sends the answers and sets the deadline for what is missing. On the fast
  /// lane it stops at a request of the waiting lane; the waiting lane serves both. `out`
  /// is working memory.
  [[nodiscard]] next_step advance(connection& with, lane here, std::string& out);

  /// Goes on after the socket took what was left over.
  [[nodiscard]] next_step resume_sending(connection& with, std::string& out);

  /// The client will send no more.
  [[nodiscard]] next_step end_of_input(connection& with, std::string& out);

  /// The deadline has passed.
  [[nodiscard]] next_step time_out(connection& with, std::string& out);

  /// Answers `code` and ends the connection; while input is unread, it lingers first.
  [[nodiscard]] next_step refuse(connection& with, errc code, std::string& out);

 private:
  void serve_whole_requests(connection& with, lane here, std::string& out,
                            next_step& step);
  [[nodiscard]] bool is_for_waiting_lane(const connection& with) const;
  [[nodiscard]] bool take_place_in_waiting_lane();
  void respond(connection& with, lane here, std::string& out);
  [[nodiscard]] bool refuse_by_head(connection& with, std::string& out);
  void end_with_error(connection& with, errc code, std::string& out);
  void end_with(connection& with, const error_answer& answer, std::string& out);
  void say_continue(connection& with, std::string& out) const;
  void send(connection& with, std::string& out);
  [[nodiscard]] next_step settle(connection& with) const;
  void wait_for(connection& with, phase what) const;
  [[nodiscard]] steady_time progress_deadline(const connection& with,
                                              std::chrono::milliseconds silence) const;

  server_core& core_;
};

} // namespace tinybook::http
