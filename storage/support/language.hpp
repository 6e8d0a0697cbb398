#pragma once

#include <cstdint>

namespace tinybook {

/// What we write to people in: error texts and SMS.
enum class language : std::uint8_t { en, zh };

} // namespace tinybook
