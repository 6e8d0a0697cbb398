#pragma once

#include "actors/sms/delivery_plan.hpp"
#include "actors/sms/outcome.hpp"
#include "actors/sms/sealed_parameters.hpp"
#include "storage/sms_message.hpp"
#include "storage/support/sliding_window.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tinybook {

/// What a claimed row waits for.
enum class row_stage : std::uint8_t {
  checking, ///< The code cache: is its code still wanted?
  sending,  ///< The provider.
  writing,  ///< The store, which is given the outcome.
};

/// A row between its claim and the write that gives it back or ends it. A crash loses
/// only the outcome of a send under way.
struct row_in_flight {
  storage::sms_message message; ///< With the lease token and the end of the lease.
  message_content content;
  delivery_progress progress; ///< As decided last; the store may be one write behind.
  tick lease_ends{};          ///< On the monotonic clock; checked before a send.
  row_stage stage = row_stage::checking;
  still_wanted wanted = still_wanted::unknown;
  tick wanted_as_of{};             ///< When that was asked.
  std::optional<std::size_t> held; ///< Provider at which a place is reserved for it.
  bool last_resort = false;        ///< It goes out although every circuit is open.

  std::size_t provider = 0; ///< Of the current or last try.
  wall_time started_at{};
  std::optional<send_outcome> outcome; ///< Of that try, until it is written.
  wall_time outcome_at{};
  bool repeats_write = false; ///< The store has refused it.
};

} // namespace tinybook
