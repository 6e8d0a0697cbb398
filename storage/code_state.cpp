#include "storage/code_state.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

bool verifies(std::span<const live_code> codes, std::size_t at) {
  const auto& code = codes[at];
  const auto newer = codes.subspan(at + 1);
  if (newer.size() < codes_that_verify)
    return true;
  return !code.asker.empty()
         && std::ranges::find(newer, code.asker, &live_code::asker) == newer.end();
}

void keep_verifying(std::vector<live_code>& codes) {
  std::vector<live_code> kept;
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (verifies(codes, i))
      kept.push_back(codes[i]);
  codes = std::move(kept);
}

} // namespace tinybook
