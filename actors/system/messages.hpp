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

/// Self-sent with the first command of a batch: whatever arrived before this message
/// comes up shares one commit or round trip.
struct flush_batch {
  using reply = void;
};

} // namespace tinybook
