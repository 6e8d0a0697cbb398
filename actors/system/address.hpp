#pragma once

#include "actors/system/meter.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

/// The stable address of an actor over its restarts: the root supervisor writes the
/// handle of the present incarnation, everyone else reads it at each send. Against a
/// forwarding actor this costs no hop and no thread switch. Copies share the slot.
///
/// Between a crash and the restart the slot still holds the dead handle: requests to it
/// bounce at once and become `unavailable`.
template <class Handle>
class address {
 public:
  explicit address(meter_ptr meter)
      : slot_(std::make_shared<slot>()), meter_(std::move(meter)) {}

  /// For tests: the address of an actor that is never restarted.
  explicit address(Handle handle, std::string name = "test")
      : address(std::make_shared<actor_meter>(std::move(name), "test", "")) {
    set(std::move(handle));
  }

  /// A view with fewer messages of the same actor.
  template <class Wider>
  requires std::constructible_from<Handle, Wider> address(const address<Wider>& wider)
      : slot_(wider.slot_), meter_(wider.meter_) {} // NOLINT

  void set(const Handle& handle) const {
    slot_->store(std::make_shared<const caf::actor>(caf::actor_cast<caf::actor>(handle)));
  }

  /// Drops the handle, so that the actor and its system can end.
  void clear() const { slot_->store(nullptr); }

  /// The present incarnation; an invalid handle before the first start.
  [[nodiscard]] Handle get() const {
    auto held = slot_->load();
    return held ? caf::actor_cast<Handle>(*held) : Handle{};
  }

  [[nodiscard]] const meter_ptr& meter() const { return meter_; }
  [[nodiscard]] const std::string& name() const { return meter_->name(); }

 private:
  template <class>
  friend class address;
  using slot = std::atomic<std::shared_ptr<const caf::actor>>;
  std::shared_ptr<slot> slot_;
  meter_ptr meter_;
};

/// The doors of a store: writers (one on SQLite) and readers; on a shared database
/// workers that are both. A command goes to the one with the shortest mailbox.
template <class Store>
class store_address {
 public:
  using reader = typename Store::reader;
  using writer = typename Store::writer;
  using worker = typename Store::worker;

  store_address(address<writer> w, std::vector<address<reader>> rs,
                std::size_t max_queue = 4096)
      : writers_{std::move(w)}, readers_(std::move(rs)), max_queue_(max_queue) {}

  /// At least one worker.
  explicit store_address(const std::vector<address<worker>>& workers,
                         std::size_t max_queue = 4096)
      : writers_(workers.begin(), workers.end()),
        readers_(workers.begin(), workers.end()),
        max_queue_(max_queue) {}

  template <class Wider>
  store_address(const store_address<Wider>& wider) // NOLINT: narrowing to fewer messages
      : writers_(wider.writers_.begin(), wider.writers_.end()),
        readers_(wider.readers_.begin(), wider.readers_.end()),
        max_queue_(wider.max_queue_) {}

  /// Commands that may wait at one connection.
  [[nodiscard]] std::size_t max_queue() const { return max_queue_; }

  /// Where `Command` goes.
  template <class Command>
  [[nodiscard]] const auto& route() const {
    if constexpr (Command::writes)
      return least_loaded(writers_);
    else
      return least_loaded(readers_);
  }

 private:
  template <class>
  friend class store_address;

  template <class Handle>
  [[nodiscard]] static const address<Handle>&
  least_loaded(const std::vector<address<Handle>>& all) {
    const auto* best = &all.front();
    for (const auto& one : all)
      if (one.meter()->mailbox() < best->meter()->mailbox())
        best = &one;
    return *best;
  }

  std::vector<address<writer>> writers_;
  std::vector<address<reader>> readers_;
  std::size_t max_queue_;
};

} // namespace tinybook
