#pragma once

#include "actors/system/line_sampler.hpp"
#include "http/api/envelope.hpp"
#include "http/api/request_context.hpp"
#include "http/log/log.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook::http {

/// Lets one line a second pass for each route, error and client, and counts the others,
/// so that refused requests do not fill the log. Beyond `max_kinds` the oldest are
/// forgotten with their counts. Thread-safe.
class refusal_sampler {
 public:
  static constexpr std::chrono::seconds period{1};
  static constexpr std::size_t max_kinds = 4096;

  /// Lines that were left out and are not reported yet.
  struct burst {
    const route* at = nullptr; ///< Null = no route.
    errc code = errc::none;
    std::string client; ///< As rate limits count it.
    std::uint64_t left_out = 0;
  };

  /// Whether a line is due, and how many were left out before it.
  [[nodiscard]] std::optional<std::uint64_t> next(const route* at, errc code,
                                                  const std::string& client, tick now);

  /// The bursts whose period is over by `now`, each once.
  [[nodiscard]] std::vector<burst> overdue(tick now);

 private:
  using kind = std::tuple<const route*, errc, std::string>;

  std::mutex mutex_;
  std::map<kind, line_sampler> samplers_;
  std::deque<kind> order_; ///< In which they came.
};

/// The one place where a failure becomes an answer and is logged: with request id,
/// method, route, status, name of the error, actor, cause and client; without anything
/// that the request carried in secret fields. Actions of operators are logged where they
/// succeed, too: one line with who, why and what. Thread-safe.
class refusals {
 public:
  explicit refusals(log_ptr log) : log_(std::move(log)) {}

  [[nodiscard]] answer answer_to(const failure& why,
                                 const request_context& request) const;

  /// Logs a refusal whose answer a handler has made itself.
  void note(const failure& why, const request_context& request) const;

  /// Logs an action of an operator that succeeded.
  void note_action(const request_context& request) const;

  /// Logs an origin that the configuration does not name, for its pages cannot read the
  /// answers, and nobody there sees why. Each origin once, one a second at most; an
  /// origin that is our own `host` is not logged.
  void note_origin(std::string_view origin, std::string_view host) const;

  /// Logs the bursts of refusals whose second is over by `now` without a further line: to
  /// be called from time to time, and at the end.
  void log_left_out(tick now) const;

  /// Logs what was thrown outside of a handler; null = no route was found.
  void note_exception(const route* matched, std::string_view what) const;

 private:
  void write_action(const request_context& request, config::log_level level,
                    const failure* why) const;

  struct origins {
    static constexpr std::size_t max_logged = 64;
    std::mutex mutex;
    std::set<std::string, std::less<>> logged; ///< Emptied when it is full.
    line_sampler lines{std::chrono::seconds{1}};
  };

  log_ptr log_;
  std::shared_ptr<origins> origins_ = std::make_shared<origins>();
  std::shared_ptr<refusal_sampler> sampler_ = std::make_shared<refusal_sampler>();
};

} // namespace tinybook::http
