#include "actors/system/ask.hpp"

namespace tinybook {

result<asking_base::envelope> asking_base::begin(detail::frame_promise& of,
                                                 std::coroutine_handle<> frame) {
  auto& owner = *of.of->owner;
  auto target = to_.untyped();
  if (!target)
    return failure{errc::unavailable, to_.name() + " is not started"};
  if (to_.meter()->mailbox() >= max_queue_)
    return too_many_waiting(to_);
  const auto now = owner.now();
  const auto due = most_.from(now, of.due);
  if (due <= now)
    return failure{errc::deadline_exceeded, "too late to ask " + to_.name()};
  owner.wait(*this, of, frame, due);
  return envelope{std::move(target), owner.requester(), owner.request_id_of(*this), due,
                  owner.unit()};
}

void asking_base::send(const envelope& with, caf::mailbox_element_ptr request) {
  caf::actor_cast<caf::abstract_actor*>(with.to)->enqueue(std::move(request), with.unit);
}

failure asking_base::failure_of(const caf::mailbox_element& answer) const {
  const auto& content = answer.content();
  if (content.match_elements<caf::error>())
    return to_failure(content.get_as<caf::error>(0), to_.name());
  return {errc::internal, to_.name() + " answered with another type"};
}

failure asking_base::no_answer() const {
  return {errc::deadline_exceeded, to_.name() + " did not answer in time"};
}

} // namespace tinybook
