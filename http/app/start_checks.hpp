#pragma once

#include "storage/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// What is looked at, and told, when the process starts.
namespace tinybook::http {

/// Where people find a listener: by the name that cookies of pages on this machine are
/// for, unless it listens elsewhere only.
[[nodiscard]] std::string url_of(std::string_view address, std::uint16_t port);

/// `why` with the keys of the configuration that say where `listener` ("admin" or
/// "public") is.
[[nodiscard]] failure with_keys_of(std::string_view listener, failure why);

/// Fails where a data folder holds a database without the keys that belong to it and
/// `new_keys` is not said: with new ones every session and pending message would be void,
/// which nobody is to find out by himself.
[[nodiscard]] result<done> refuse_lost_keys(const std::filesystem::path& folder,
                                            bool new_keys);

} // namespace tinybook::http
