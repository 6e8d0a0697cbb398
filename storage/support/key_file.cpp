#include "storage/support/key_file.hpp"

#include "storage/support/encoding.hpp"
#include "storage/support/private_file.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tinybook {

namespace {

constexpr int format_version = 1;
constexpr std::size_t min_secret_bytes = 16;

failure refuse(const std::filesystem::path& file, std::string_view why) {
  return {errc::internal, file.string() + ": " + std::string(why)};
}

/// Finds out damage that leaves the file readable, such as a changed digit of a key.
std::string checksum(const std::vector<master_key>& keys) {
  std::string all;
  for (const auto& key : keys)
    all += key.id + ":" + hex_encode(key.key.view()) + "\n";
  return sha256_hex(all);
}

std::string to_text(const keyring& keys) {
  const auto masters = keys.master_keys();
  auto listed = nlohmann::ordered_json::array();
  for (const auto& key : masters)
    listed.push_back({{"id", key.id}, {"key", base64url_encode(key.key.view())}});
  const nlohmann::ordered_json document = {
      {"note",
       "Secret. The first key is the current one; the others are still accepted."},
      {"version", format_version},
      {"keys", listed},
      {"checksum", checksum(masters)}};
  return document.dump(2) + "\n";
}

result<keyring> from_text(const std::filesystem::path& file, const std::string& text) {
  try {
    const auto document = nlohmann::json::parse(text);
    if (document.at("version").get<int>() != format_version)
      return refuse(file, "was made by a newer version");
    std::vector<master_key> masters;
    for (const auto& item : document.at("keys")) {
      const auto raw = base64url_decode(item.at("key").get<std::string>());
      const auto key = raw ? secret_key::from_bytes(*raw) : std::nullopt;
      if (!key)
        return refuse(file, "is damaged: a key is not 32 bytes of base64url");
      masters.push_back({item.at("id").get<std::string>(), *key});
    }
    if (document.at("checksum").get<std::string>() != checksum(masters))
      return refuse(file, "is damaged: the checksum does not match");
    auto keys = keyring::from_keys(std::move(masters));
    if (!keys)
      return refuse(file, "is damaged: " + keys.error().detail);
    return keys;
  } catch (const nlohmann::json::exception&) {
    // The library's text may quote the file: keep it out of the log.
    return refuse(file, "is damaged: not the JSON that was written");
  }
}

result<std::optional<keyring>> read_keyring(const std::filesystem::path& file) {
  auto text = read_private_file(file);
  if (!text)
    return text.error();
  if (!text->has_value())
    return std::optional<keyring>();
  auto keys = from_text(file, **text);
  if (!keys)
    return keys.error();
  return std::optional(std::move(*keys));
}

result<std::optional<std::string>> read_secret(const std::filesystem::path& file) {
  auto text = read_private_file(file, 4096);
  if (!text || !text->has_value())
    return text;
  const auto secret = trim(**text);
  const auto printable = [](char c) {
    return c > ' ' && c < '\x7f';
  };
  if (secret.size() < min_secret_bytes || !std::ranges::all_of(secret, printable))
    return refuse(file, "is damaged: not one line of 16 or more printable characters");
  return std::optional(std::string(secret));
}

} // namespace

result<keyring> load_keyring(const std::filesystem::path& file) {
  auto keys = read_keyring(file);
  if (!keys)
    return keys.error();
  if (!keys->has_value())
    return refuse(file, "is absent");
  return std::move(**keys);
}

result<done> save_keyring(const std::filesystem::path& file, const keyring& keys) {
  if (auto written = write_private_file(file, to_text(keys)); !written)
    return written.error();
  return done{};
}

result<keyring> load_or_create_keyring(const std::filesystem::path& file,
                                       random_source& random) {
  auto present = read_keyring(file);
  if (!present)
    return present.error();
  if (present->has_value())
    return std::move(**present);
  const auto fresh = keyring::generate(random);
  if (auto written = write_private_file(file, to_text(fresh), if_present::keep); !written)
    return written.error();
  return load_keyring(file); // perhaps another process was first
}

result<keyring> rotate_keyring(const std::filesystem::path& file, random_source& random) {
  const auto present = load_keyring(file);
  if (!present)
    return present.error();
  auto next = present->rotated(random);
  if (auto saved = save_keyring(file, next); !saved)
    return saved.error();
  return next;
}

result<std::string> load_or_create_secret(const std::filesystem::path& file,
                                          random_source& random) {
  for (int look = 0; look < 2; ++look) {
    auto present = read_secret(file);
    if (!present)
      return present.error();
    if (present->has_value())
      return std::move(**present);
    if (auto written =
            write_private_file(file, random_id(random, 32) + "\n", if_present::keep);
        !written)
      return written.error();
  }
  return refuse(file, "vanished right after it was created");
}

} // namespace tinybook
