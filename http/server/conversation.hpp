#pragma once

#include "http/server/connection.hpp"
#include "http/server/poller_journeys.hpp"
#include "http/server/server_core.hpp"

#include <functional>
#include <string>
#include <utility>

namespace tinybook::http {

/// What is to be done with a connection next.
enum class next_step : std::uint8_t {
  wait,  ///< For its socket or its answer; see `connection::waits_for`.
  yield, ///< To the others: it has requests that can be served, but its turn is over.
  close,
};

/// What is said to a client and when: serves, refuses, times out. Belongs to one poller,
/// and never blocks.
class conversation {
 public:
  /// `answered` is called with each connection whose answer was not there at once:
  /// `go_on` is to be called with it, but not from in there.
  conversation(server_core& core, poller_journeys& by,
               std::function<void(connection&)> answered)
      : core_(core), journeys_(by), answered_(std::move(answered)) {}

  /// Serves, in order, the requests that have come in whole, refuses what cannot be
  /// served, sends the answers and sets the deadline for what is missing. Stops at a
  /// request whose answer takes a while, and behind the first one where the turn of `by`
  /// is over. `out` is working memory.
  [[nodiscard]] next_step advance(connection& with, std::string& out);

  /// Sends the answer that has come, and goes on.
  [[nodiscard]] next_step go_on(connection& with, std::string& out);

  /// Goes on after the socket took what was left over.
  [[nodiscard]] next_step resume_sending(connection& with, std::string& out);

  /// The client will send no more.
  [[nodiscard]] next_step end_of_input(connection& with, std::string& out);

  /// The deadline has passed.
  [[nodiscard]] next_step time_out(connection& with, std::string& out);

  /// Answers `code` and ends the connection; while input is unread, it lingers first.
  [[nodiscard]] next_step refuse(connection& with, errc code, std::string& out);

 private:
  void serve_whole_requests(connection& with, std::string& out);
  /// Whether the answer is there at once.
  [[nodiscard]] bool begin(connection& with);
  void answer_exception(exchange& of, const failure& thrown);
  void finish(connection& with, std::string& out);
  void end_exchange(connection& with, bool last);
  [[nodiscard]] bool is_last(const connection& with) const;
  // Of an answer in parts.
  void stream(connection& with, std::string& out);
  [[nodiscard]] bool pull(connection& with);
  void take_part(connection& with, std::string& out);
  [[nodiscard]] bool refuse_by_head(connection& with, std::string& out);
  void end_with_error(connection& with, errc code, std::string& out);
  void end_with(connection& with, const httplib::Response& answer, std::string& out);
  void say_continue(connection& with, std::string& out) const;
  void send(connection& with, std::string& out);
  [[nodiscard]] next_step settle(connection& with) const;
  void wait_for(connection& with, phase what) const;
  [[nodiscard]] steady_time progress_deadline(const connection& with,
                                              std::chrono::milliseconds silence) const;

  server_core& core_;
  poller_journeys& journeys_;
  std::function<void(connection&)> answered_;
  const connection* beginning_ = nullptr; ///< Its journey is run for the first time.
};

} // namespace tinybook::http
