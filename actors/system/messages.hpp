#pragma once

#include "actors/system/own_messages.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// One number that an actor shows about itself. `limit` is the bound that it is held to;
/// below zero = there is none.
struct gauge {
  std::string name;
  double value = 0;
  double limit = -1;
  /// The SMS provider that it is about, where the actor shows it for each of them.
  std::string provider{};
};

/// A word that an actor shows about itself, such as the state of a circuit.
struct status_fact {
  std::string name;
  std::string value;
};

/// The uniform record that every actor answers `get_status` with: its own gauges and
/// facts. What can be measured from outside (mailbox, times, restarts) is in its
/// `actor_meter`.
struct actor_status {
  std::vector<gauge> gauges;
  std::vector<status_fact> facts;
  bool ready = true; ///< False keeps a replica that starts from taking requests.
  /// The SMS provider that all of the gauges are about; empty = they are about none.
  std::string provider{};
};

/// Asks an actor for its gauges. Never message bodies, codes, tokens or whole phones.
struct get_status {
  using reply = actor_status;
};

/// Stop in order: an actor handles what is in its mailbox before this message, answers or
/// fails what is pending, and quits.
struct shut_down {};

/// A self-sent timer. `generation` tells a live timer from one that was re-armed
/// meanwhile: CAF's delayed messages cannot be cancelled.
struct timer_fired {
  std::uint64_t generation = 0;
};

} // namespace tinybook
