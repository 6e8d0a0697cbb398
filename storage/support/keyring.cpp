#include "storage/support/keyring.hpp"

#include <sodium.h>

#include <algorithm>
#include <ranges>

namespace tinybook {

namespace {

/// Goes into every derivation: never change it.
constexpr char derivation_context[crypto_kdf_CONTEXTBYTES + 1] = "tinybook";
static_assert(secret_key::size_bytes == crypto_kdf_KEYBYTES);

std::size_t index_of(key_purpose purpose) {
  return static_cast<std::size_t>(purpose) - 1;
}

bool well_formed_id(std::string_view id) {
  constexpr auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || c == '_' || c == '-';
  };
  return !id.empty() && id.size() <= 32 && std::ranges::all_of(id, allowed);
}

master_key fresh_key(random_source& random) {
  return {random_id(random, 6), secret_key::generate(random)};
}

} // namespace

keyring::entry keyring::make_entry(master_key key) {
  init_crypto();
  entry made{std::move(key.id), key.key, {}};
  for (std::size_t i = 0; i < purposes; ++i)
    crypto_kdf_derive_from_key(made.derived[i].data(), secret_key::size_bytes, i + 1,
                               derivation_context, made.master.data());
  return made;
}

keyring keyring::generate(random_source& random) {
  keyring keys;
  keys.entries_.push_back(make_entry(fresh_key(random)));
  return keys;
}

result<keyring> keyring::from_keys(std::vector<master_key> keys) {
  if (keys.empty())
    return failure{errc::internal, "no key is given"};
  if (keys.size() > max_keys)
    return failure{errc::internal,
                   "more than " + std::to_string(max_keys) + " keys are given"};
  keyring made;
  for (auto& key : keys) {
    if (!well_formed_id(key.id))
      return failure{errc::internal, "a key id is not 1 to 32 of A-Z a-z 0-9 _ -"};
    if (made.find(key.id, key_purpose::tokens) != nullptr)
      return failure{errc::internal, "the key id " + key.id + " is given twice"};
    made.entries_.push_back(make_entry(std::move(key)));
  }
  return made;
}

keyring keyring::rotated(random_source& random) const {
  auto next = generate(random);
  // 48 random bits practically never repeat; those of a seeded source may.
  while (find(next.current_id(), key_purpose::tokens) != nullptr)
    next = generate(random);
  const auto kept = std::min(entries_.size(), max_keys - 1);
  std::ranges::copy_n(entries_.begin(), static_cast<std::ptrdiff_t>(kept),
                      std::back_inserter(next.entries_));
  return next;
}

const secret_key& keyring::current(key_purpose purpose) const {
  return entries_.front().derived[index_of(purpose)];
}

const secret_key* keyring::find(std::string_view id, key_purpose purpose) const {
  const auto found = std::ranges::find(entries_, id, &entry::id);
  return found == entries_.end() ? nullptr : &found->derived[index_of(purpose)];
}

std::vector<master_key> keyring::master_keys() const {
  std::vector<master_key> keys;
  for (const auto& e : entries_)
    keys.push_back({e.id, e.master});
  return keys;
}

std::vector<std::string> keyring::ids() const {
  std::vector<std::string> ids;
  for (const auto& e : entries_)
    ids.push_back(e.id);
  return ids;
}

} // namespace tinybook
