#include "tests/support/provider_simulator/signing.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cctype>
#include <ctime>
#include <vector>

namespace tinybook::test::signing {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac(const EVP_MD* hash, std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(hash, key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
       out.data(), &size);
  return {out.begin(), out.begin() + size};
}

} // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> out((bytes.size() + 2) / 3 * 4 + 1);
  const auto size =
      EVP_EncodeBlock(out.data(), bytes_of(bytes), static_cast<int>(bytes.size()));
  return {out.begin(), out.begin() + size};
}

std::string from_base64(const std::string& text) {
  std::vector<unsigned char> out(text.size() / 4 * 3 + 3);
  const auto size =
      EVP_DecodeBlock(out.data(), bytes_of(text), static_cast<int>(text.size()));
  if (size < 0)
    return {};
  // OpenSSL counts the padding as bytes.
  auto length = static_cast<std::ptrdiff_t>(size);
  for (auto c = text.rbegin(); c != text.rend() && *c == '='; ++c)
    --length;
  return {out.begin(), out.begin() + length};
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> out{};
  SHA256(bytes_of(bytes), bytes.size(), out.data());
  return hex(std::string{out.begin(), out.end()});
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac(EVP_sha256(), key, bytes);
}

std::string hmac_sha1(std::string_view key, std::string_view bytes) {
  return hmac(EVP_sha1(), key, bytes);
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0
        || std::string_view{"-._~"}.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      for (const char digit : hex(std::string_view{&c, 1}))
        out += static_cast<char>(std::toupper(digit));
    }
  return out;
}

std::string date_of(time t) {
  const auto seconds = std::chrono::system_clock::to_time_t(t);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d", &parts)};
}

std::optional<time> parse(const std::string& text, const char* pattern) {
  std::tm parts{};
  const auto* end = strptime(text.c_str(), pattern, &parts);
  if (end == nullptr || *end != '\0')
    return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

bool is_fresh(time t, time now) {
  return t - now <= std::chrono::minutes{5} && now - t <= std::chrono::minutes{5};
}

} // namespace tinybook::test::signing
