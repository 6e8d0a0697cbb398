#pragma once

#include "actors/interfaces.hpp"
#include "http/api/dispatcher.hpp"
#include "http/server/poller.hpp"
#include "storage/user_store.hpp"
#include "tests/http/server/journey_model.hpp"
#include "tests/simulation/trace.hpp"

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// A poller with its connections, their clients and the actors that the requests ask, in
/// virtual time and without a thread. The poller, the dispatcher with its gates, the
/// journeys and the sockets are the product's; an actor is a list of what it was asked.
/// Whenever the poller rests all is compared with `journey_model`.
class journey_world {
 public:
  /// `system` is only there for actors to be made: nothing runs in it.
  journey_world(caf::actor_system& system, bool readable);
  ~journey_world();
  journey_world(const journey_world&) = delete;
  journey_world& operator=(const journey_world&) = delete;

  // What clients do. A client is its index in `clients`.
  std::size_t connect(std::size_t address);
  /// One more request, whose handler asks as in `plan`: digits name actors, one behind
  /// the other; "b" has the next two asked at once; "x" takes 100 µs of the processor.
  /// Returns its number. Of its bytes `left_out` are sent with what is sent next.
  int send(std::size_t client, std::string plan, std::size_t left_out = 0,
           bool last = false);
  void send_rest(std::size_t client);
  void finish_sending(std::size_t client);
  void reset(std::size_t client);

  // What actors do.
  void reply(std::size_t open_at, errc code = errc::none);
  /// Answers once more what was answered long ago.
  void reply_again(std::size_t past_at);
  void end_actor(std::size_t which);
  void start_actor(std::size_t which);
  /// What is never answered, whatever happens.
  void lose(std::size_t open_at);

  /// Lets time pass; the poller wakes where it would.
  void pass(std::chrono::microseconds d);
  /// The same while the poller does not run.
  void stall(std::chrono::microseconds d) { now_ += d; }
  /// One turn of the poller if there is something to do.
  void turn();
  /// Turns until the poller rests, then compares it with the model.
  void settle();
  /// As at the end of a server: what waits is answered; with `cut` it is not.
  void drain(bool cut);
  /// The end of the poller: nothing may be left.
  void end();

  struct client {
    unique_fd socket{}; ///< None = it has gone.
    std::string address{};
    std::string unsent{};
    std::string input{};
    std::deque<int> unanswered{}; ///< In their order.
    bool sends_no_more = false;
  };
  struct open_ask {
    std::int64_t id;
    std::size_t actor;
    caf::strong_actor_ptr from;
    caf::message_id answer_to;
  };

  std::vector<client> clients;
  std::vector<open_ask> open;                      ///< Not answered.
  std::deque<open_ask> past;                       ///< Answered lately.
  std::array<bool, journey_model::actors> is_up{}; ///< Not dead.
  std::map<std::string, std::int64_t> counts;      ///< Of what happened.
  std::vector<std::string> violations;

  [[nodiscard]] const sim::trace& told() const { return trace_; }
  [[nodiscard]] deadline now() const { return now_; }
  /// When the poller wakes by itself.
  [[nodiscard]] deadline wakes_at() const { return wakes_at_; }
  [[nodiscard]] const call_gates& gates() const { return dispatch_.gates(); }
  [[nodiscard]] std::size_t waiting() const { return model_.waiting(); }

 private:
  struct environment;
  class scripted_actor;
  class frame;

  [[nodiscard]] static std::string address_of(std::size_t which);
  static std::vector<route> routes();
  static task<result<answer>> follow(call c);
  static task<result<done>> ask_one(journey_world* world, call c, std::size_t which,
                                    std::int64_t id);
  server_hooks hooks();
  void began(const exchange& of);
  void asked(std::size_t which, bool alive, caf::mailbox_element_ptr what);
  void put(const open_ask& to, errc code, const caf::strong_actor_ptr& from);
  void note(std::string_view what);
  void expect(bool holds, std::string_view otherwise);
  [[nodiscard]] bool poller_has_something_to_do() const;
  void read_answers(std::size_t client);
  bool read_answer(std::size_t client);
  void compare();
  void clients_look();

  caf::actor_system& system_;
  sim::trace trace_;
  deadline now_{std::chrono::hours{1000}};
  deadline wakes_at_{};
  bool runs_ = true;
  bool cut_ = false;
  journey_model model_{[this](bool holds, std::string_view otherwise) {
    expect(holds, otherwise);
  }};
  std::int64_t frames_ = 0;
  std::array<caf::strong_actor_ptr, journey_model::actors> incarnations_;
  std::vector<address<actor_for<storage::find_profile>>> at_;
  dispatcher dispatch_;
  server_core core_;
  std::optional<poller> poller_; ///< Last: its journeys use all of the above.
};

} // namespace tinybook::http
