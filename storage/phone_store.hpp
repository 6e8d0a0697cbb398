#pragma once

#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/session_store.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::storage {

struct code_entered {
  bool before = false;
};

/// Whether the request `once` itself has entered a code of this phone and purpose at
/// `since` or later (`code_use`): then it was sent again, and its action is done.
struct was_code_entered {
  using reply = code_entered;
  static constexpr bool writes = false;
  code_key key;
  std::string once;
  wall_time since{};
};
result<code_entered> run(handle& db, const was_code_entered& command);

/// How many of the delivered codes were entered.
struct verified_share {
  std::string region;         ///< `JM`; the country prefix where a message has none.
  std::string client_address; ///< Empty in a row for the whole region.
  std::int64_t delivered = 0;
  std::int64_t verified = 0;
};

struct verified_shares {
  std::vector<verified_share> regions;
  /// Those with at least `min_per_address` deliveries, the worst first, at most
  /// `max_addresses`.
  std::vector<verified_share> addresses;
};

/// The shares over the messages delivered from `since` until before `until`: what the
/// pumping guard looks at. `until` lies far enough back for people to have entered their
/// codes.
struct count_verified {
  using reply = verified_shares;
  static constexpr bool writes = false;
  wall_time since{};
  wall_time until{};
  std::int64_t min_per_address = 5;
  std::int64_t max_addresses = 1000;
};
result<verified_shares> run(handle& db, const count_verified& command);

struct phone_commands : commands<find_phone_use, was_code_entered, count_verified> {};

} // namespace tinybook::storage
