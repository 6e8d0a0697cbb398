#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// What the configuration has of a token. A plain SHA-256 serves: who could guess 256
/// random bits needs no hash.
[[nodiscard]] std::string admin_token_hash(std::string_view token);

/// Who may act at the admin listener. Immutable.
class admin_tokens {
 public:
  /// `first` is the token of the file admin.token; empty = there is none.
  admin_tokens(std::vector<config::admin_token> configured, std::string_view first);

  /// Whose token this is; nothing if it is nobody's. Takes the same time for each.
  [[nodiscard]] const config::admin_token* find(std::string_view token) const;

 private:
  std::vector<config::admin_token> all_;
};

} // namespace tinybook::http
