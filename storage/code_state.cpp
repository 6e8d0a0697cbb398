#include "storage/code_state.hpp"

#include <algorithm>

namespace tinybook {

bool verifies(std::span<const live_code> codes, std::size_t at) {
  const auto& code = codes[at];
  const auto newer = codes.subspan(at + 1);
  if (newer.size() < codes_that_verify)
    return true;
  return !code.asker.empty()
         && std::ranges::find(newer, code.asker, &live_code::asker) == newer.end();
}

} // namespace tinybook
