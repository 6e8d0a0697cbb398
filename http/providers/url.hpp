#pragma once

#include "storage/result.hpp"

#include <string>
#include <string_view>

namespace tinybook::http {

/// An http or https address, in the two parts that the HTTP client takes.
struct split_url {
  std::string origin; ///< `https://host:8443`
  std::string target; ///< `/path?query`, at least `/`
};

/// Errors: `internal` for what `config::split_url` refuses.
[[nodiscard]] result<split_url> split(std::string_view url);

} // namespace tinybook::http
