#pragma once

#include <caf/actor_clock.hpp>
#include <caf/detail/tuple_vals.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>

#include <utility>

namespace tinybook {

/// The moment by which the answer to a request is wanted, on the clock of the actors.
/// It travels with the request: who gets to a request later drops it before the work,
/// since nobody waits for the answer (`managed_actor`), and who asks others on its behalf
/// gives them no more time (`pending_reply::within`).
using deadline = caf::actor_clock::time_point;

/// Of what is wanted however late it comes.
inline constexpr deadline no_deadline = deadline::max();

/// A request that bears its deadline, for CAF knows how long the asker waits but does not
/// tell who is asked.
class dated_request : public caf::mailbox_element {
 public:
  [[nodiscard]] deadline due() const { return due_; }

 protected:
  dated_request(caf::strong_actor_ptr&& from, caf::message_id id, deadline due)
      : mailbox_element(std::move(from), id, {}), due_(due) {}

 private:
  deadline due_;
};

/// Holds the command as CAF's own mailbox elements do (`mailbox_element_vals`).
template <class Command>
class dated_command final
    : public dated_request,
      public caf::detail::tuple_vals_impl<caf::type_erased_tuple, Command> {
 public:
  dated_command(caf::strong_actor_ptr from, caf::message_id id, deadline due,
                Command&& command)
      : dated_request(std::move(from), id, due),
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
[[nodiscard]] caf::mailbox_element_ptr request_due(caf::strong_actor_ptr from,
                                                   caf::message_id id, deadline due,
                                                   Command command) {
  return caf::mailbox_element_ptr{
      new dated_command<Command>(std::move(from), id, due, std::move(command))};
}

/// `no_deadline` for a request that was made without.
[[nodiscard]] inline deadline deadline_of(const caf::mailbox_element& request) {
  const auto* dated =
      request.mid.is_request() ? dynamic_cast<const dated_request*>(&request) : nullptr;
  return dated != nullptr ? dated->due() : no_deadline;
}

} // namespace tinybook
