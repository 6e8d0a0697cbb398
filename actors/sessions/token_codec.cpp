#include "actors/sessions/token_codec.hpp"

#include "storage/support/encoding.hpp"

#include <jwt.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace tinybook {

namespace {

constexpr std::int64_t max_user_id = (std::int64_t{1} << 53) - 1;
/// 9999-12-31: beyond it a time is a forgery or a bug.
constexpr std::int64_t max_time = 253'402'300'799;
constexpr std::size_t max_id_bytes = 128;
constexpr std::array<const char*, 4> kind_names = {"access", "refresh", "device",
                                                   "banned"};

struct jwt_deleter {
  void operator()(jwt_t* token) const { jwt_free(token); }
};
using jwt_ptr = std::unique_ptr<jwt_t, jwt_deleter>;

struct text_deleter {
  void operator()(char* text) const { std::free(text); }
};

failure invalid(const char* why) {
  return {errc::token_invalid, why};
}

const char* name_of(token_kind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

bool in_range(const token_claims& claims) {
  const auto sane = [](std::chrono::sys_seconds time) {
    const auto count = time.time_since_epoch().count();
    return count >= 1 && count <= max_time;
  };
  const auto is_id = [](const std::string& id) {
    return !id.empty() && id.size() <= max_id_bytes && id.find('\0') == std::string::npos;
  };
  return claims.user_id >= 1 && claims.user_id <= max_user_id && is_id(claims.family)
         && is_id(claims.id) && sane(claims.issued_at) && sane(claims.not_before)
         && sane(claims.expires_at) && claims.expires_at > claims.not_before
         && claims.generation >= 0;
}

/// Empty when absent or not a text.
std::string text_claim(jwt_t* token, const char* name) {
  const char* text = jwt_get_grant(token, name);
  return text == nullptr ? std::string() : std::string(text);
}

/// The library returns 0 for a claim that is absent or no integer: in_range refuses that.
std::chrono::sys_seconds time_claim(jwt_t* token, const char* name) {
  return std::chrono::sys_seconds(std::chrono::seconds(jwt_get_grant_int(token, name)));
}

struct token_parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signed_part;
  std::string signature;
};

/// Three parts, each in canonical base64url.
std::optional<token_parts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos)
    return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos)
    return std::nullopt;
  token_parts parts{token.substr(0, first),
                    token.substr(first + 1, second - first - 1),
                    token.substr(0, second),
                    {}};
  auto signature = base64url_decode(token.substr(second + 1));
  if (!signature || parts.header.empty() || parts.payload.empty()
      || !base64url_decode(parts.payload))
    return std::nullopt;
  parts.signature = std::move(*signature);
  return parts;
}

/// The key id of a header that names our algorithm, written by another JSON writer.
std::optional<std::string> key_id_of(std::string_view encoded_header) {
  const auto text = base64url_decode(encoded_header);
  if (!text)
    return std::nullopt;
  const auto header = nlohmann::json::parse(*text, nullptr, false);
  if (!header.is_object() || header.contains("crit"))
    return std::nullopt;
  const auto alg = header.find("alg");
  const auto kid = header.find("kid");
  if (alg == header.end() || *alg != "HS256" || kid == header.end() || !kid->is_string())
    return std::nullopt;
  return kid->get<std::string>();
}

/// 0 where it is absent: the library returns −1 then.
std::int64_t generation_claim(jwt_t* token) {
  return std::max<std::int64_t>(0, jwt_get_grant_int(token, "gen"));
}

/// The claims of a token whose signature is valid.
result<token_claims> read_claims(jwt_t* token, const token_options& options,
                                 token_kind expected) {
  if (jwt_get_alg(token) != JWT_ALG_HS256)
    return invalid("wrong algorithm");
  if (text_claim(token, "iss") != options.issuer)
    return invalid("wrong issuer");
  if (text_claim(token, "kind") != name_of(expected))
    return invalid("wrong kind");
  token_claims claims{jwt_get_grant_int(token, "uid"), text_claim(token, "ssid"),
                      text_claim(token, "jti"),        expected,
                      time_claim(token, "iat"),        time_claim(token, "nbf"),
                      time_claim(token, "exp"),        generation_claim(token)};
  if (!in_range(claims))
    return invalid("claims missing or out of range");
  return claims;
}

result<std::string> encode(const token_claims& claims, const std::string& issuer,
                           const std::string& key_id, const secret_key& key) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0)
    return failure{errc::internal, "a token could not be made"};
  const jwt_ptr token(raw);
  const auto put = [&](const char* name, std::chrono::sys_seconds time) {
    return jwt_add_grant_int(raw, name, time.time_since_epoch().count());
  };
  if (jwt_set_alg(raw, JWT_ALG_HS256, key.data(), secret_key::size_bytes) != 0
      || jwt_add_header(raw, "kid", key_id.c_str()) != 0
      || jwt_add_grant(raw, "iss", issuer.c_str()) != 0
      || jwt_add_grant(raw, "kind", name_of(claims.kind)) != 0
      || jwt_add_grant_int(raw, "uid", claims.user_id) != 0
      || jwt_add_grant(raw, "ssid", claims.family.c_str()) != 0
      || jwt_add_grant(raw, "jti", claims.id.c_str()) != 0
      || put("iat", claims.issued_at) != 0 || put("nbf", claims.not_before) != 0
      || put("exp", claims.expires_at) != 0
      || (claims.generation != 0
          && jwt_add_grant_int(raw, "gen", claims.generation) != 0))
    return failure{errc::internal, "a token could not be filled"};
  const std::unique_ptr<char, text_deleter> text(jwt_encode_str(raw));
  if (!text)
    return failure{errc::internal, "a token could not be signed"};
  return std::string(text.get());
}

} // namespace

token_codec::token_codec(std::shared_ptr<const keyring> keys, token_options options)
    : keys_(std::move(keys)), options_(std::move(options)) {
  token_claims sample;
  for (const auto& id : keys_->ids()) {
    const auto token =
        encode(sample, options_.issuer, id, *keys_->find(id, key_purpose::tokens));
    if (token)
      headers_.push_back({token->substr(0, token->find('.')), id});
  }
}

const secret_key* token_codec::key_for(std::string_view encoded_header) const {
  for (const auto& known : headers_)
    if (known.encoded == encoded_header)
      return keys_->find(known.key_id, key_purpose::tokens);
  const auto id = key_id_of(encoded_header);
  return id ? keys_->find(*id, key_purpose::tokens) : nullptr;
}

result<std::string> token_codec::sign(const token_claims& claims) const {
  if (!in_range(claims))
    return failure{errc::internal, "claims of a token are out of range"};
  return encode(claims, options_.issuer, keys_->current_id(),
                keys_->current(key_purpose::tokens));
}

result<token_claims> token_codec::verify(std::string_view token, token_kind expected,
                                         std::chrono::sys_seconds now) const {
  auto claims = identify(token, expected);
  if (!claims)
    return claims;
  if (claims->not_before > now + options_.clock_leeway)
    return invalid("not yet valid");
  if (claims->expires_at <= now)
    return errc::token_expired;
  return claims;
}

result<token_claims> token_codec::identify(std::string_view token,
                                           token_kind expected) const {
  if (token.size() > max_token_bytes)
    return invalid("too long");
  const auto parts = split(token);
  if (!parts)
    return invalid("not three parts of base64url");
  const auto* key = key_for(parts->header);
  if (key == nullptr)
    return invalid("unknown algorithm or key");
  // Before the library: its comparison is not in constant time, and its parser is to see
  // nothing but what we signed.
  if (!constant_time_equal(hmac_sha256(key->view(), parts->signed_part),
                           parts->signature))
    return invalid("wrong signature");
  jwt_t* raw = nullptr;
  const std::string terminated(token);
  if (jwt_decode(&raw, terminated.c_str(), key->data(), secret_key::size_bytes) != 0)
    return invalid("not a token");
  const jwt_ptr decoded(raw);
  return read_claims(raw, options_, expected);
}

} // namespace tinybook
