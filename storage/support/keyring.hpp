#pragma once

#include "storage/result.hpp"
#include "storage/support/crypto.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// What a derived key is for. The numbers go into the derivation: never reuse or reorder.
enum class key_purpose : std::uint8_t {
  tokens = 1,      ///< Signs access, refresh and device tokens.
  code_hashes = 2, ///< Keys the hashes of SMS codes.
  parameters = 3,  ///< Encrypts the parameters of a message.
  cookies = 4,     ///< Signs cookies other than tokens.
  public_ids = 5,  ///< Hashes personal data (addresses, phones) in keys and ids.
};

/// A key from which the keys of all purposes are derived.
struct master_key {
  std::string id; ///< 1 to 32 of A-Z a-z 0-9 _ -; travels with what it protects.
  secret_key key;
};

/// Master keys: one current, which makes new things, and older ones, which are still
/// accepted. A value: share it as std::shared_ptr<const keyring> and swap that on
/// rotation.
class keyring {
 public:
  /// More older keys than this are a sign of a broken rotation.
  static constexpr std::size_t max_keys = 16;

  /// One fresh key.
  [[nodiscard]] static keyring generate(random_source& random);

  /// Keys given by the configuration; the first is the current one. Errors: no key, too
  /// many, an id that repeats or is malformed (errc::internal, with the reason).
  [[nodiscard]] static result<keyring> from_keys(std::vector<master_key> keys);

  /// A copy in which a fresh key is the current one and the present ones are still
  /// accepted; beyond max_keys the oldest is dropped.
  [[nodiscard]] keyring rotated(random_source& random) const;

  [[nodiscard]] const std::string& current_id() const { return entries_.front().id; }
  [[nodiscard]] const secret_key& current(key_purpose purpose) const;
  /// The derived key of the master key `id`; null when there is none.
  [[nodiscard]] const secret_key* find(std::string_view id, key_purpose purpose) const;

  /// Current first, then the others from new to old.
  [[nodiscard]] std::vector<master_key> master_keys() const;
  [[nodiscard]] std::vector<std::string> ids() const;

 private:
  static constexpr std::size_t purposes = 5;

  struct entry {
    std::string id;
    secret_key master;
    std::array<secret_key, purposes> derived;
  };

  keyring() = default;
  [[nodiscard]] static entry make_entry(master_key key);

  std::vector<entry> entries_;
};

} // namespace tinybook
