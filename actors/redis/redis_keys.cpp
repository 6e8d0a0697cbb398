#include "actors/redis/redis_keys.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

namespace tinybook {

std::string hidden_key(const std::string& space, const keyring& keys,
                       std::initializer_list<std::string_view> parts) {
  const auto* key = keys.find(keys.ids().back(), key_purpose::public_ids);
  auto hash = keyed_hash(*key, parts);
  return space + ":{" + base64url_encode(std::string_view{hash}.substr(0, 16)) + "}";
}

} // namespace tinybook
