#pragma once

#include "storage/code_state.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::storage {

/// The codes of one state as one column of text, the same in every back end.
[[nodiscard]] std::string encode_codes(std::span<const live_code> codes);

/// Strict; nothing where the text is not what `encode_codes` writes.
[[nodiscard]] std::optional<std::vector<live_code>> decode_codes(std::string_view text);

} // namespace tinybook::storage
