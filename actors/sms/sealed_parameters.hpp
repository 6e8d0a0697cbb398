#pragma once

#include "actors/sms/message_text.hpp"
#include "storage/sms_message.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/random.hpp"

#include <optional>

namespace tinybook {

/// What is filled into a message's template: the only part of a row that holds the code.
struct message_content {
  message_parameters parameters;
  language lang = language::zh;

  bool operator==(const message_content&) const = default;
};

/// Encrypts `content` into `row` with the current parameters key. It can be decrypted
/// only in a row with the same client reference and phone.
void seal_content(storage::sms_message& row, const message_content& content,
                  const keyring& keys, random_source& random);

/// Decrypts the content; nothing where the key is gone, the parameters are erased, or
/// anything was altered.
[[nodiscard]] std::optional<message_content> open_content(const storage::sms_message& row,
                                                          const keyring& keys);

} // namespace tinybook
