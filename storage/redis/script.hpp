#pragma once

#include <string_view>

namespace tinybook::storage::redis {

/// A Lua script, one operation. Of static lifetime: messages carry its address, and a
/// connection finds by it the hash under which Redis knows the text.
struct script {
  std::string_view name; ///< For logs and metrics.
  std::string_view text;
};

} // namespace tinybook::storage::redis
