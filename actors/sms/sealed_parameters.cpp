#include "actors/sms/sealed_parameters.hpp"

#include "storage/support/crypto.hpp"

#include <nlohmann/json.hpp>

namespace tinybook {

namespace {

using nlohmann::json;

/// The associated data that bind the ciphertext to its row.
std::string context_of(const storage::sms_message& row) {
  return row.client_ref + "/" + row.phone;
}

std::string encode(const message_content& content) {
  return json{{"lang", content.lang == language::zh ? "zh" : "en"},
              {"parameters", content.parameters}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<message_content> decode(std::string_view text) {
  try {
    const auto in = json::parse(text);
    return message_content{in.at("parameters").get<message_parameters>(),
                           in.at("lang") == "zh" ? language::zh : language::en};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

} // namespace

void seal_content(storage::sms_message& row, const message_content& content,
                  const keyring& keys, random_source& random) {
  row.key_id = keys.current_id();
  row.sealed_parameters = seal(random, keys.current(key_purpose::parameters),
                               encode(content), context_of(row));
}

std::optional<message_content> open_content(const storage::sms_message& row,
                                            const keyring& keys) {
  const auto* key = keys.find(row.key_id, key_purpose::parameters);
  if (key == nullptr)
    return std::nullopt;
  const auto text = open(*key, row.sealed_parameters, context_of(row));
  return text ? decode(*text) : std::nullopt;
}

} // namespace tinybook
