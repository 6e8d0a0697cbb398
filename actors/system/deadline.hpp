#pragma once

#include <caf/actor_clock.hpp>
#include <caf/detail/tuple_vals.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>

#include <chrono>
#include <utility>

namespace tinybook {

/// The moment by which the answer to a request is wanted, on the clock of the actors.
/// It travels with the request: an actor that gets to the request later drops it
/// unhandled, since nobody waits for the answer (`managed_actor`), and gives whom it asks
/// on the request's behalf no more time than is left (`pending_reply::within`).
using deadline = caf::actor_clock::time_point;

/// The answer is wanted however late it comes.
inline constexpr deadline no_deadline = deadline::max();

/// How long to wait where there is no deadline, which is otherwise what decides alone.
struct default_timeout : std::chrono::milliseconds {
  constexpr default_timeout() : duration(zero()) {}
  template <class Rep, class Period>
  constexpr default_timeout(std::chrono::duration<Rep, Period> length) // NOLINT: implicit
      : duration(length) {}
};

/// How long one step of a request or a journey may take.
class step_bound {
 public:
  /// This long, and until the deadline at the latest.
  template <class Rep, class Period>
  constexpr step_bound(std::chrono::duration<Rep, Period> most) // NOLINT: implicit
      : most_(most) {}
  /// Until the deadline, however far that is; this long where there is none.
  constexpr step_bound(default_timeout most) // NOLINT: implicit
      : most_(most), is_default_(true) {}

  /// The end of a step that begins `now` on behalf of what is `due` then.
  [[nodiscard]] constexpr deadline from(deadline now, deadline due) const {
    const bool by_deadline = is_default_ && due != no_deadline;
    return by_deadline || due - now <= most_ ? due : now + most_;
  }

 private:
  std::chrono::milliseconds most_;
  bool is_default_ = false;
};

/// A request that carries its deadline: CAF knows how long the asker waits, but does not
/// tell the receiver.
class request_with_deadline : public caf::mailbox_element {
 public:
  [[nodiscard]] deadline due() const { return due_; }

 protected:
  request_with_deadline(caf::strong_actor_ptr&& from, caf::message_id id, deadline due)
      : mailbox_element(std::move(from), id, {}), due_(due) {}

 private:
  deadline due_;
};

/// Holds the command as CAF's own mailbox elements do (`mailbox_element_vals`).
template <class Command>
class command_with_deadline final
    : public request_with_deadline,
      public caf::detail::tuple_vals_impl<caf::type_erased_tuple, Command> {
 public:
  command_with_deadline(caf::strong_actor_ptr from, caf::message_id id, deadline due,
                        Command&& command)
      : request_with_deadline(std::move(from), id, due),
        caf::detail::tuple_vals_impl<caf::type_erased_tuple, Command>(
            std::move(command)) {}

  caf::type_erased_tuple& content() override { return *this; }
  [[nodiscard]] const caf::type_erased_tuple& content() const override { return *this; }
  caf::message move_content_to_message() override {
    return caf::make_message(std::move(std::get<0>(this->data())));
  }
  [[nodiscard]] caf::message copy_content_to_message() const override {
    return caf::make_message(std::get<0>(this->data()));
  }
};

/// `command` as a request of `from`.
template <class Command>
[[nodiscard]] caf::mailbox_element_ptr make_request(caf::strong_actor_ptr from,
                                                    caf::message_id id, deadline due,
                                                    Command command) {
  return caf::mailbox_element_ptr{
      new command_with_deadline<Command>(std::move(from), id, due, std::move(command))};
}

/// `no_deadline` for a message that carries none.
[[nodiscard]] inline deadline deadline_of(const caf::mailbox_element& request) {
  const auto* held = request.mid.is_request()
                         ? dynamic_cast<const request_with_deadline*>(&request)
                         : nullptr;
  return held != nullptr ? held->due() : no_deadline;
}

} // namespace tinybook
