#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// The building blocks of the providers' signatures, directly from OpenSSL: independent
/// of the server's own signers, so that both are not wrong in the same way.
namespace tinybook::test::signing {

[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string base64(std::string_view bytes);
/// Empty where `text` is no base64.
[[nodiscard]] std::string from_base64(const std::string& text);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view bytes);

/// RFC 3986: everything but letters, digits and `-._~` as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

using time = std::chrono::system_clock::time_point;
/// UTC: `2026-01-31`.
[[nodiscard]] std::string date_of(time t);
/// UTC; nothing where `text` does not fit.
[[nodiscard]] std::optional<time> parse(const std::string& text, const char* pattern);
/// Within the five minutes that every provider allows.
[[nodiscard]] bool is_fresh(time t, time now);

} // namespace tinybook::test::signing
