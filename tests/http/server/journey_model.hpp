#pragma once

#include "actors/system/deadline.hpp"
#include "storage/errc.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace tinybook::http {

/// What must be true of requests, their journeys and the gates in front of them, kept in
/// the naive way: it is told what clients, handlers and actors do, and says what must be
/// there while the poller rests.
class journey_model {
 public:
  static constexpr std::size_t actors = 3;
  static constexpr std::size_t addresses = 3;
  static constexpr std::chrono::milliseconds time_to_answer{200};
  static constexpr std::size_t max_each = 5;
  static constexpr std::size_t max_all = 9;
  static constexpr std::size_t max_of_address = 4;

  using expectation = std::function<void(bool holds, std::string_view otherwise)>;
  explicit journey_model(expectation expect) : expect_(std::move(expect)) {}

  /// The id of what a request asks in a step of its plan.
  [[nodiscard]] static std::int64_t ask_of(int number, std::size_t step) {
    return number * asks_of_each + static_cast<std::int64_t>(step);
  }

  /// A client sends a request, which takes a place at `actor` if it asks any. Gives its
  /// number.
  int sent(std::size_t client, std::string address, std::optional<std::size_t> actor);

  /// What the gates hold.
  struct in_flight {
    std::size_t in_all = 0;
    std::size_t at_actor = 0;
    std::size_t of_address = 0;
  };
  void began(int number, deadline now, in_flight held);
  void handler_began(int number);
  void handler_ended(int number, errc outcome);
  /// The client has read an answer; `said` is the number in it.
  void answered(int number, int status, int said);

  /// An actor was asked.
  void asked(std::int64_t ask, deadline due, deadline now);
  /// It has answered, the first time.
  void replied(std::int64_t ask, errc code);
  /// An answer was given to the poller.
  void put() { ++put_; }
  /// A handler has got one.
  void got(std::int64_t ask, errc code, deadline now);

  /// Requests whose handlers have not returned.
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  /// What there must be.
  struct state {
    std::size_t waiting = 0;
    std::size_t in_all = 0;
    std::int64_t frames = 0;
    std::array<std::size_t, actors> at_actor{};
    std::map<std::string, std::size_t> of_address{};
    std::int64_t late_answers = 0;
    deadline first_due = no_deadline;
  };
  /// While nothing is under way to the poller. `is_gone` tells of a client.
  [[nodiscard]] state at_rest(const std::function<bool(std::size_t client)>& is_gone);

 private:
  static constexpr std::int64_t asks_of_each = 16; ///< More than any plan has.

  struct request {
    std::size_t client = 0;
    std::string address{};
    std::optional<std::size_t> actor{}; ///< Whose place it takes.
    deadline due{};
    bool has_begun = false;
    std::optional<errc> refused_as{}; ///< What the gates must say.
    std::optional<errc> outcome{};    ///< What its handler has returned.
    std::set<errc> may_fail{};        ///< What it was answered.
  };

  [[nodiscard]] static int number_of(std::int64_t ask) {
    return static_cast<int>(ask / asks_of_each);
  }

  expectation expect_;
  int last_number_ = 0;
  std::map<int, request> requests_;
  std::set<int> waiting_;             ///< Their handlers have not returned.
  std::map<std::int64_t, bool> asks_; ///< Sent and not taken; whether answered.
  std::int64_t put_ = 0;              ///< Answers given to the poller.
  std::int64_t in_time_ = 0;          ///< Of these, handlers got.
};

} // namespace tinybook::http
