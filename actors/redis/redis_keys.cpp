#include "actors/redis/redis_keys.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

namespace tinybook {

namespace {

std::string name_under(const secret_key& key,
                       std::initializer_list<std::string_view> parts) {
  auto hash = keyed_hash(key, parts);
  return base64url_encode(std::string_view{hash}.substr(0, 16));
}

} // namespace

std::string hidden_name(const keyring& keys,
                        std::initializer_list<std::string_view> parts) {
  return name_under(keys.current(key_purpose::public_ids), parts);
}

std::vector<std::string> hidden_keys(const std::string& space, const keyring& keys,
                                     std::initializer_list<std::string_view> parts) {
  std::vector<std::string> names;
  for (const auto& id : keys.ids())
    names.push_back(space + ":{"
                    + name_under(*keys.find(id, key_purpose::public_ids), parts) + "}");
  return names;
}

} // namespace tinybook
