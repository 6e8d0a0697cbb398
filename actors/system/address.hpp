#pragma once

#include "actors/system/actor_for.hpp"
#include "actors/system/meter.hpp"
#include "storage/result.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tinybook {

/// The address of an actor, which stays the same over its restarts: each incarnation
/// stores its handle when it is made, everyone else reads it at each send. Unlike a
/// forwarding actor this costs no hop and no thread switch. Copies share the slot.
///
/// Between a crash and the restart the slot still holds the dead handle: requests to it
/// bounce at once and become `unavailable`.
class any_address {
 public:
  explicit any_address(meter_ptr meter)
      : slot_(std::make_shared<slot>()), meter_(std::move(meter)) {}

  /// Drops the handle, so that the actor and its system can end.
  void clear() const { slot_->store(nullptr); }

  /// The handle of the running actor; an invalid one before the first start.
  [[nodiscard]] caf::actor untyped() const {
    auto held = slot_->load();
    return held ? *held : caf::actor{};
  }

  /// Whether an actor is there that has not ended: it may end at any moment, but a
  /// request to one that has reaches nobody.
  [[nodiscard]] bool runs() const;

  [[nodiscard]] const meter_ptr& meter() const { return meter_; }
  [[nodiscard]] const std::string& name() const { return meter_->name(); }

 protected:
  void set_untyped(caf::actor handle) const {
    slot_->store(std::make_shared<const caf::actor>(std::move(handle)));
  }

 private:
  using slot = std::atomic<std::shared_ptr<const caf::actor>>;
  std::shared_ptr<slot> slot_;
  meter_ptr meter_;
};

/// Of a command that is refused because as many wait at `at` as may: `overloaded`, to
/// come back in a second.
[[nodiscard]] failure too_many_waiting(const any_address& at);

/// The address of an actor with this interface. Only who takes or gives its handle
/// includes the headers of all its messages.
template <class Interface>
class address : public any_address {
 public:
  using any_address::any_address;

  /// For tests: the address of an actor that is never restarted.
  template <class Running>
  requires requires { typename Running::signatures; }
  explicit address(const Running& handle, std::string name = "test")
      : any_address(std::make_shared<actor_meter>(std::move(name), "test", "")) {
    set(handle);
  }

  /// A view with fewer messages of the same actor.
  template <wider_than<Interface> Wider>
  address(const address<Wider>& wider) : any_address(wider) {} // NOLINT

  template <class Running>
  void set(const Running& running) const {
    const handle_of<Interface>& handle = running;
    set_untyped(caf::actor_cast<caf::actor>(handle));
  }

  /// As `untyped`.
  [[nodiscard]] auto get() const {
    auto held = untyped();
    return held ? caf::actor_cast<handle_of<Interface>>(held) : handle_of<Interface>{};
  }
};

/// The connections of a store: writers (one on SQLite) and readers; on a shared database
/// workers that are both. A command goes to the one with the shortest mailbox; but with
/// readers of a file, most of which take less than waking a thread does, the first that
/// keeps up is filled before the next is woken. As with an `address`, the store's
/// commands need not be defined where this is only held.
template <class Store>
class store_address {
 public:
  /// For `max_queue`: any number of commands may wait at one connection.
  static constexpr auto unbounded = std::numeric_limits<std::size_t>::max();

  /// A reader of a file keeps up while fewer commands than this wait at it...
  static constexpr std::size_t reader_fill = 16;
  /// ...and it is not at a longer one.
  static constexpr std::chrono::milliseconds reader_patience{1};

  template <class S = Store>
  store_address(const address<typename S::writer>& w,
                const std::vector<address<typename S::reader>>& rs,
                std::size_t max_queue = unbounded)
      : writers_{w},
        readers_(rs.begin(), rs.end()),
        fill_(reader_fill),
        max_queue_(max_queue) {}

  /// At least one worker.
  template <class Worker>
  explicit store_address(const std::vector<address<Worker>>& workers,
                         std::size_t max_queue = unbounded)
      : writers_(workers.begin(), workers.end()),
        readers_(workers.begin(), workers.end()),
        max_queue_(max_queue) {
    static_assert(std::is_same_v<Worker, typename Store::worker>);
  }

  /// A view with fewer commands of the same store.
  template <class Wider>
  store_address(const store_address<Wider>& wider) // NOLINT
      : writers_(wider.writers_),
        readers_(wider.readers_),
        fill_(wider.fill_),
        max_queue_(wider.max_queue_) {
    static_assert(wider_than<typename Wider::worker, typename Store::worker>);
  }

  /// Commands that may wait at one connection.
  [[nodiscard]] std::size_t max_queue() const { return max_queue_; }

  /// Where `Command` goes.
  template <class Command>
  requires command_of<Store, Command>
  [[nodiscard]] const any_address& route() const {
    if constexpr (Command::writes)
      return least_loaded(writers_);
    for (const auto& one : readers_)
      if (one.meter()->mailbox() < fill_ && one.meter()->busy_for() < reader_patience)
        return one;
    return least_loaded(readers_);
  }

 private:
  template <class>
  friend class store_address;

  [[nodiscard]] static const any_address&
  least_loaded(const std::vector<any_address>& all) {
    const auto* best = &all.front();
    for (const auto& one : all)
      if (one.meter()->mailbox() < best->meter()->mailbox())
        best = &one;
    return *best;
  }

  std::vector<any_address> writers_;
  std::vector<any_address> readers_;
  std::size_t fill_ = 0; ///< Of each reader, before the next is woken.
  std::size_t max_queue_;
};

} // namespace tinybook
