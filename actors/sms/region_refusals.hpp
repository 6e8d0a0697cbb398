#pragma once

#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook {

/// Which provider has said of which region that it cannot send there (`not_here`).
/// While that is remembered the provider comes last for numbers of the region. It is
/// still asked where no other is left, for no provider announces that a region was
/// enabled.
///
/// In memory only: a crash costs one try for each provider and region. Bounded: beyond
/// `most_regions` the entry that ends first is dropped.
class region_refusals {
 public:
  static constexpr std::size_t most_regions = 1'000;

  explicit region_refusals(std::chrono::milliseconds memory) : memory_(memory) {}

  struct refusal {
    std::size_t provider = 0;
    std::string region;
    tick until{};

    bool operator==(const refusal&) const = default;
  };

  void note(std::size_t provider, std::string_view region, tick now);
  /// The provider has accepted a message for the region.
  void forget(std::size_t provider, std::string_view region);
  /// An operator has forced the provider's circuit, or lifted that.
  void forget(std::size_t provider);

  [[nodiscard]] bool holds(std::size_t provider, std::string_view region, tick now) const;
  /// By provider, then region.
  [[nodiscard]] std::vector<refusal> all(tick now) const;

 private:
  std::chrono::milliseconds memory_;
  std::map<std::pair<std::size_t, std::string>, tick> until_;
};

} // namespace tinybook
