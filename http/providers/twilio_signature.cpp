#include "http/providers/twilio_signature.hpp"

#include "storage/support/encoding.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <climits>
#include <stdexcept>

namespace tinybook::http {

namespace {

/// Raw; the one use of SHA-1, which libsodium does not have.
std::string hmac_sha1(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (key.size() > INT_MAX
      || HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
              digest.data(), &size)
             == nullptr)
    throw std::runtime_error("HMAC-SHA1 is not available");
  return {digest.begin(), digest.begin() + size};
}

} // namespace

std::string sign_twilio(std::string_view auth_token, std::string_view url,
                        const std::map<std::string, std::string, std::less<>>& fields) {
  std::string text{url};
  for (const auto& [name, value] : fields)
    text.append(name).append(value);
  return base64_encode(hmac_sha1(auth_token, text));
}

} // namespace tinybook::http
