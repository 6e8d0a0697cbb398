#pragma once

#include "storage/errc.hpp"

#include <optional>
#include <string_view>

namespace tinybook::http {

/// What an `Accept-Language` header prefers among the languages that we have, by its
/// q-values, the first of equals; nothing where it names none of them.
[[nodiscard]] std::optional<language> preferred_language(std::string_view header);

} // namespace tinybook::http
