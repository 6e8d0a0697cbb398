#pragma once

#include "storage/support/keyring.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace tinybook {

/// `space:{…}`, the braces (a hash tag) a keyed hash of `parts`: who sees the names of
/// keys learns no phone and no address. Under the oldest key, for that is the same on all
/// replicas while a new current one is rolled out; when the oldest one goes, the names
/// change, and what stood under them is forgotten.
[[nodiscard]] std::string hidden_key(const std::string& space, const keyring& keys,
                                     std::initializer_list<std::string_view> parts);

} // namespace tinybook
