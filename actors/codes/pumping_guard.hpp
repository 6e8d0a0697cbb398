#pragma once

#include "actors/codes/address_limits.hpp"
#include "config/settings.hpp"
#include "storage/phone_store.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook {

enum class region_standing : std::uint8_t {
  fine,
  alarmed, ///< Below the floor, but the default region: all but those who caused it pass.
  held,
};

[[nodiscard]] std::string_view to_string(region_standing standing);

/// What the guard knows of one region (`JM`; a country prefix for numbers in none).
struct guarded_region {
  std::int64_t delivered = 0;
  std::int64_t verified = 0;
  region_standing standing = region_standing::fine;
  wall_time since{}; ///< When its standing changed last.

  /// The share of the delivered codes that were entered: 0 to 1.
  [[nodiscard]] double share() const;
};

enum class guard_verdict : std::uint8_t {
  pass,
  verified_only, ///< Only to phones that have entered a code before.
  held,          ///< To nobody.
};

/// Guards against SMS pumping: attackers who have codes sent to numbers that earn them
/// money do not enter the codes. A region is held if at least `min_samples` codes were
/// delivered to it and less than `floor` of them entered. Then sends to phones that
/// were never verified are refused, and so are all sends to the region that are
/// requested by the addresses that caused it (`min_samples_per_address`, same floor) and
/// by the networks that did (as many times that as they may send times what an address
/// may). The default region is not held as a whole, only those who caused it are there.
/// The hold ends when the share rises again or the codes have left the window.
///
/// Knows nothing before the first `update`, and passes regions that it does not know. The
/// shares are counted from what is stored, so a crash loses only `since`.
class pumping_guard {
 public:
  struct change {
    std::string region;
    guarded_region now;
  };

  pumping_guard(config::guard_settings rules, std::string home_region,
                network_times networks)
      : rules_(rules), home_region_(std::move(home_region)), networks_(networks) {}

  /// Replaces the shares. Returns the regions whose standing has changed, in order.
  std::vector<change> update(const storage::verified_shares& shares, wall_time now);

  /// Whether a code may go to `region` at the request of `address`. O(log n).
  [[nodiscard]] guard_verdict judge(std::string_view region,
                                    std::string_view address) const;

  /// When a held request may be repeated: when the codes for which the region was first
  /// held have left the window. Between one second and the window.
  [[nodiscard]] std::chrono::milliseconds retry_after(std::string_view region,
                                                      wall_time now) const;

  /// All regions that codes were delivered to within the window.
  [[nodiscard]] const std::map<std::string, guarded_region, std::less<>>&
  regions() const {
    return regions_;
  }
  /// Addresses from which regions below the floor get nothing, and networks of such.
  [[nodiscard]] std::size_t held_addresses() const { return addresses_.size(); }
  [[nodiscard]] std::size_t held_networks() const { return held_networks_.size(); }
  [[nodiscard]] const config::guard_settings& rules() const { return rules_; }

 private:
  [[nodiscard]] bool below_floor(const storage::verified_share& share,
                                 std::int64_t min_samples) const;
  [[nodiscard]] region_standing standing_of(const storage::verified_share& share) const;
  [[nodiscard]] region_standing standing(std::string_view region) const;

  /// Region, and address or network.
  using places = std::set<std::pair<std::string, std::string>>;

  config::guard_settings rules_;
  std::string home_region_;
  network_times networks_;
  std::map<std::string, guarded_region, std::less<>> regions_;
  places addresses_;
  places held_networks_;
};

} // namespace tinybook
