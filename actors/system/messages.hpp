#pragma once

#include "actors/system/own_messages.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

/// What numbers are about, beside the actor that reports them: `{{"provider", "hook"}}`.
using gauge_labels = std::vector<std::pair<std::string, std::string>>;

/// One number that an actor reports about itself, and its upper bound; a `limit` below
/// zero = there is none.
struct gauge {
  std::string name;
  double value = 0;
  double limit = -1;
  gauge_labels labels{};
};

/// A text that an actor reports about itself, such as the state of its circuit.
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
  bool ready = true;     ///< False keeps a replica that starts from taking requests.
  gauge_labels labels{}; ///< Of all the gauges.
};

/// Asks an actor for its gauges. Never message bodies, codes, tokens or whole phones.
struct get_status {
  using reply = actor_status;
};

/// Asks for an orderly stop: the actor handles what is in its mailbox before this
/// message, answers or fails what is pending, and quits.
struct shut_down {};

/// A timer of the actor has run out. CAF's delayed messages cannot be cancelled, so
/// `generation` tells the latest arming from an earlier one.
struct timer_fired {
  std::uint64_t generation = 0;
};

/// Self-sent with the first command of a batch: whatever arrived before this message
/// comes up shares one commit or round trip.
struct flush_batch {
  using reply = void;
};

} // namespace tinybook
