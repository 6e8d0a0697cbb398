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

/// What a file holds.
struct key_document {
  keyring keys;
  std::string next; ///< The id of the key that waits to become current; empty = none.
};

/// Detects damage that leaves the file readable, such as a changed digit of a key.
std::string checksum(const std::vector<master_key>& keys, const std::string& next) {
  std::string all;
  for (const auto& key : keys)
    all += key.id + ":" + hex_encode(key.key.view()) + "\n";
  if (!next.empty())
    all += "next:" + next + "\n";
  return sha256_hex(all);
}

std::string to_text(const keyring& keys, const std::string& next = {}) {
  const auto masters = keys.master_keys();
  auto listed = nlohmann::ordered_json::array();
  for (const auto& key : masters)
    listed.push_back({{"id", key.id}, {"key", base64url_encode(key.key.view())}});
  nlohmann::ordered_json document = {
      {"note",
       "Secret. The first key is the current one; the others are still accepted."},
      {"version", format_version},
      {"keys", listed},
      {"checksum", checksum(masters, next)}};
  if (!next.empty())
    document["next"] = next;
  return document.dump(2) + "\n";
}

result<key_document> from_text(const std::filesystem::path& file,
                               const std::string& text) {
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
    const auto next = document.value("next", std::string{});
    if (document.at("checksum").get<std::string>() != checksum(masters, next))
      return refuse(file, "is damaged: the checksum does not match");
    auto keys = keyring::from_keys(std::move(masters));
    if (!keys)
      return refuse(file, "is damaged: " + keys.error().detail);
    if (!next.empty() && keys->find(next, key_purpose::tokens) == nullptr)
      return refuse(file, "is damaged: the key that waits is not in it");
    return key_document{std::move(*keys), next};
  } catch (const nlohmann::json::exception&) {
    // The library's text may quote the file: keep it out of the log.
    return refuse(file, "is damaged: not the JSON that was written");
  }
}

result<std::optional<key_document>> read_document(const std::filesystem::path& file) {
  auto text = read_private_file(file);
  if (!text)
    return text.error();
  if (!text->has_value())
    return std::optional<key_document>();
  auto document = from_text(file, **text);
  if (!document)
    return document.error();
  return std::optional(std::move(*document));
}

result<key_document> load_document(const std::filesystem::path& file) {
  auto document = read_document(file);
  if (!document)
    return document.error();
  if (!document->has_value())
    return refuse(file, "is absent; tinybook --new-keys makes it");
  return std::move(**document);
}

result<keyring> save_document(const std::filesystem::path& file, key_document document) {
  // Behind a link, which would be replaced: it leads to a file of keys, which was read.
  std::error_code error;
  const auto target = std::filesystem::is_symlink(file, error)
                          ? std::filesystem::weakly_canonical(file, error)
                          : file;
  auto written = write_private_file(target, to_text(document.keys, document.next));
  if (!written)
    return written.error();
  return std::move(document.keys);
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
  auto document = load_document(file);
  if (!document)
    return document.error();
  return std::move(document->keys);
}

result<keyring> create_keyring(const std::filesystem::path& file, random_source& random) {
  const auto fresh = keyring::generate(random);
  const auto written = write_private_file(file, to_text(fresh), if_present::keep);
  if (!written)
    return written.error();
  if (!*written)
    return refuse(file, "is there already");
  return fresh;
}

result<keyring> load_or_create_keyring(const std::filesystem::path& file,
                                       random_source& random) {
  auto present = read_document(file);
  if (!present)
    return present.error();
  if (present->has_value())
    return std::move((*present)->keys);
  const auto fresh = keyring::generate(random);
  if (auto written = write_private_file(file, to_text(fresh), if_present::keep); !written)
    return written.error();
  return load_keyring(file); // perhaps another process was first
}

result<keyring> add_next_key(const std::filesystem::path& file, random_source& random) {
  const auto present = load_document(file);
  if (!present)
    return present.error();
  if (!present->next.empty())
    return refuse(file, "holds a key that waits already: " + present->next);
  // After the current one, so that the list stays in order when it is promoted.
  auto masters = present->keys.rotated(random).master_keys();
  std::swap(masters[0], masters[1]);
  auto next = masters[1].id;
  auto keys = keyring::from_keys(std::move(masters));
  if (!keys)
    return keys.error();
  return save_document(file, {std::move(*keys), std::move(next)});
}

result<keyring> promote_next_key(const std::filesystem::path& file) {
  const auto present = load_document(file);
  if (!present)
    return present.error();
  if (present->next.empty())
    return refuse(file, "holds no key that waits");
  auto masters = present->keys.master_keys();
  const auto at = std::ranges::find(masters, present->next, &master_key::id);
  std::rotate(masters.begin(), at, at + 1);
  auto keys = keyring::from_keys(std::move(masters));
  if (!keys)
    return keys.error();
  return save_document(file, {std::move(*keys), {}});
}

result<keyring> drop_key(const std::filesystem::path& file, std::string_view id,
                         random_source& random) {
  const auto present = load_document(file);
  if (!present)
    return present.error();
  auto masters = present->keys.master_keys();
  const auto dropped = std::ranges::find(masters, id, &master_key::id);
  if (dropped == masters.end()) {
    std::string known;
    for (const auto& one : masters)
      known += (known.empty() ? "" : ", ") + one.id;
    return refuse(file, "holds no key \"" + std::string{id} + "\", but " + known);
  }
  const bool was_current = dropped == masters.begin();
  const bool next_stays = !present->next.empty() && present->next != id && !was_current;
  masters.erase(dropped);
  // An old key, of whatever age, is not to sign again.
  if (was_current && present->next.empty()) {
    auto fresh = keyring::generate(random).master_keys();
    masters.insert(masters.begin(), std::move(fresh.front()));
  }
  auto keys = keyring::from_keys(std::move(masters));
  if (!keys)
    return keys.error();
  return save_document(file,
                       {std::move(*keys), next_stays ? present->next : std::string{}});
}

result<std::string> load_secret(const std::filesystem::path& file) {
  auto present = read_secret(file);
  if (!present)
    return present.error();
  if (!present->has_value())
    return refuse(file, "is absent");
  return std::move(**present);
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
