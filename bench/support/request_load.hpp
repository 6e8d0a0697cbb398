#pragma once

#include <caf/all.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace tinybook::bench {

/// Requests of one kind: `route()` gives the actor for the next one, `make(i)` its
/// command, `good(reply)` whether the answer is right. Used only by the actor that
/// sends them.
template <class Route, class Make, class Good>
struct request_load {
  Route route;
  Make make;
  Good good;
  std::int64_t total;
  std::int64_t begun = 0;
  std::int64_t ended = 0;
  std::int64_t failed = 0;
  std::promise<std::int64_t> over{};

  void end(bool well) {
    failed += well ? 0 : 1;
    if (++ended == total)
      over.set_value(failed);
  }
};

template <class Load>
void send_next(caf::event_based_actor* self, const std::shared_ptr<Load>& load) {
  if (load->begun == load->total)
    return;
  auto command = load->make(load->begun++);
  using reply = typename decltype(command)::reply;
  self->request(load->route(), std::chrono::seconds{30}, std::move(command))
      .then(
          [=](const reply& answer) {
            load->end(load->good(answer));
            send_next(self, load);
          },
          [=](const caf::error&) {
            load->end(false);
            send_next(self, load);
          });
}

/// Sends requests 0 to `total` - 1, `in_flight` at a time, and gives how many a second
/// were answered. Throws where one was answered wrongly.
template <class Route, class Make, class Good>
[[nodiscard]] double run_requests(caf::actor_system& system, std::int64_t total,
                                  int in_flight, Route route, Make make, Good good) {
  using load_type = request_load<Route, Make, Good>;
  auto load = std::shared_ptr<load_type>(
      new load_type{std::move(route), std::move(make), std::move(good), total});
  auto over = load->over.get_future();
  const auto began = std::chrono::steady_clock::now();
  auto driver = system.spawn([load, in_flight](caf::event_based_actor* self) {
    // It keeps running until it is told to end.
    self->set_default_handler(caf::drop);
    for (int i = 0; i < in_flight; ++i)
      send_next(self, load);
    return caf::behavior{[](int) {
    }};
  });
  if (over.wait_for(std::chrono::minutes{2}) != std::future_status::ready)
    throw std::runtime_error("requests are not answered");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  caf::anon_send_exit(driver, caf::exit_reason::kill);
  if (const auto failed = over.get(); failed > 0)
    throw std::runtime_error(std::to_string(failed) + " of " + std::to_string(total)
                             + " requests were not answered rightly");
  return static_cast<double>(total) / took.count();
}

} // namespace tinybook::bench
