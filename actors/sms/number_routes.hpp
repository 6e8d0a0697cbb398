#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// Which numbers a provider sends to, by the first digits of their E.164 form.
struct number_routes {
  std::vector<std::string> prefixes; ///< Such as `+86` or `+1876`; empty = all.
  std::vector<std::string> closed{}; ///< Never these, whatever `prefixes` says.
  bool notices = true;               ///< It sends messages without a code, too.

  /// The length of the longest prefix that fits; 0 where it takes all numbers; nothing
  /// where it does not take `e164`.
  [[nodiscard]] std::optional<std::size_t> match(std::string_view e164) const;
};

} // namespace tinybook
