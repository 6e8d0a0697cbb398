#pragma once

#include "bench/delivery/score.hpp"

#include <cstdint>

namespace tinybook::bench {

/// One run of the product's own actors, with their default settings, through `s`.
[[nodiscard]] score run_ours(const scenario& s, std::uint64_t seed);

} // namespace tinybook::bench
