#pragma once

#include "actors/system/journey.hpp"
#include "actors/system/meter.hpp"

#include <caf/local_actor.hpp>

#include <exception>
#include <utility>

namespace tinybook {

/// The journeys of an actor: its mailbox takes their answers, one delayed message at a
/// time their deadlines.
class actor_journeys final : public journeys {
 public:
  /// `due` is the deadline of what the actor is at.
  actor_journeys(caf::local_actor& self, meter_ptr meter, deadline& due)
      : self_(self), meter_(std::move(meter)), due_(due) {}

  /// Whether `message` is for a journey, which goes on then.
  bool consume(caf::mailbox_element& message);

 protected:
  [[nodiscard]] deadline now() const override;
  [[nodiscard]] caf::strong_actor_ptr requester() override;
  [[nodiscard]] caf::execution_unit* unit() override;
  void deadline_set() override;
  void goes_on(deadline due) override { due_ = due; }
  [[nodiscard]] failure thrown(std::exception_ptr what) override;

 private:
  caf::local_actor& self_;
  meter_ptr meter_;
  deadline& due_;
  deadline wakes_at_ = no_deadline; ///< The earliest message that is under way.
};

} // namespace tinybook
