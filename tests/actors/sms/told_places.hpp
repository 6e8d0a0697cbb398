#pragma once

#include "actors/sms/place_account.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>

namespace tinybook::test {

/// Stands where a sender's supervisor does: keeps the account of what it was told, and of
/// what was sent.
class told_places {
 public:
  explicit told_places(actor_fixture& fixture)
      : at(std::make_shared<actor_meter>("supervisor", "test", "")) {
    listener_ = fixture.sys.spawn([this](caf::event_based_actor* self) {
      self->set_default_handler(caf::drop);
      return caf::behavior{[this](const provider_places& places) {
        last = places;
        account_.told(places.life, places.taken, places.free);
      }};
    });
    at.set(caf::actor_cast<handle_of<places_watcher_actor>>(listener_));
  }
  ~told_places() {
    at.clear();
    caf::anon_send_exit(listener_, caf::exit_reason::kill);
  }
  told_places(const told_places&) = delete;
  told_places& operator=(const told_places&) = delete;

  [[nodiscard]] std::int64_t free() const { return account_.free(); }
  void sends() {
    account_.hold(1);
    account_.sent();
  }

  provider_places last;
  address<places_watcher_actor> at;

 private:
  place_account account_;
  caf::actor listener_;
};

} // namespace tinybook::test
