#pragma once

#include "storage/support/keyring.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// A keyed hash of `parts`, as text, to stand in the name of a key: who sees the names
/// learns no phone and no address. Under the current key, so while a new one is promoted
/// on one replica after the other, they name the same thing differently.
[[nodiscard]] std::string hidden_name(const keyring& keys,
                                      std::initializer_list<std::string_view> parts);

/// `space:{…}`, the braces (a hash tag) around `hidden_name`, under each key, the current
/// one first: for what must be found under whichever key it was made.
[[nodiscard]] std::vector<std::string>
hidden_keys(const std::string& space, const keyring& keys,
            std::initializer_list<std::string_view> parts);

} // namespace tinybook
