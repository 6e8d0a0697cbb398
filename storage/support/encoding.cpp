#include "storage/support/encoding.hpp"

#include "storage/support/bytes.hpp"

#include <sodium.h>

namespace tinybook {

namespace {

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), as_bytes(bytes), bytes.size(), variant);
  text.pop_back(); // the terminating zero that the length counts
  return text;
}

/// libsodium refuses wrong padding and stray bits itself, and stops at a foreign
/// character: then the end of what it read is not the end of the text.
std::optional<std::string> decode(std::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                        text.data(), text.size(), nullptr, &size, &end, variant)
          != 0
      || end != text.data() + text.size())
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

} // namespace

std::string hex_encode(std::string_view bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), as_bytes(bytes), bytes.size());
  text.pop_back();
  return text;
}

std::optional<std::string> hex_decode(std::string_view text) {
  std::string bytes(text.size() / 2 + 1, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                     text.data(), text.size(), nullptr, &size, &end)
          != 0
      || end != text.data() + text.size())
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::string base64_encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> base64_decode(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

} // namespace tinybook
