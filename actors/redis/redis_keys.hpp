#pragma once

#include "storage/support/keyring.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// A keyed hash of `parts`, as text, for the name of a Redis key: the names reveal no
/// phone and no address. It uses the current secret key, so while a new one is promoted
/// on one replica after the other, they name the same thing differently.
[[nodiscard]] std::string hidden_name(const keyring& keys,
                                      std::initializer_list<std::string_view> parts);

/// `space:{…}`, with braces (a hash tag) around `hidden_name`, for each secret key, the
/// current one first: for what must be found whichever key named it.
[[nodiscard]] std::vector<std::string>
hidden_keys(const std::string& space, const keyring& keys,
            std::initializer_list<std::string_view> parts);

} // namespace tinybook
