#pragma once

#include "http/api/envelope.hpp"
#include "http/api/request_context.hpp"
#include "http/log/log.hpp"

#include <utility>

namespace tinybook::http {

/// The one place where a failure becomes an answer, and the one place where it is logged:
/// with request id, method, route, status, word of the error, actor, cause and client;
/// without anything that the request carried in secret fields. What operators do is told
/// too where it succeeds: each action is one line with who, why and what. Thread-safe.
class refusals {
 public:
  explicit refusals(log_ptr log) : log_(std::move(log)) {}

  [[nodiscard]] answer answer_to(const failure& why,
                                 const request_context& request) const;

  /// Tells of an action of an operator that succeeded.
  void note_action(const request_context& request) const;

  /// What was thrown where no handler was at work; null = no route was found.
  void note_exception(const route* matched, std::string_view what) const;

 private:
  void note(const failure& why, const request_context& request) const;
  void write_action(const request_context& request, config::log_level level,
                    const failure* why) const;

  log_ptr log_;
};

/// How loud a failure is: our own faults are errors, trouble with load or back ends
/// warnings, refusals that may show an attack are told, the rest is for debugging.
[[nodiscard]] config::log_level loudness(errc code);

} // namespace tinybook::http
