#include "http/admin/admin_tokens.hpp"

#include "storage/support/crypto.hpp"

#include <utility>

namespace tinybook::http {

std::string admin_token_hash(std::string_view token) {
  return "sha256:" + sha256_hex(token);
}

admin_tokens::admin_tokens(std::vector<config::admin_token> configured,
                           std::string_view first)
    : all_(std::move(configured)) {
  if (!first.empty())
    all_.push_back({config::first_admin_token, config::admin_level::configure,
                    admin_token_hash(first)});
}

const config::admin_token* admin_tokens::find(std::string_view token) const {
  const auto hash = admin_token_hash(token);
  const config::admin_token* found = nullptr;
  for (const auto& one : all_)
    if (constant_time_equal(one.hash, hash))
      found = &one;
  return found;
}

} // namespace tinybook::http
