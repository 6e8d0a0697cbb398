#include "http/auth/session_checker.hpp"

#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

namespace tinybook::http {

bearer read_bearer(std::string_view header) {
  header = trim_blanks(header);
  if (header.empty())
    return {};
  auto scheme = take_until(header, ' ');
  auto token = trim_blanks(header);
  if (lower_ascii(scheme) != "bearer" || token.empty())
    return {bearer::kind::malformed};
  if (token == "null" || token == "undefined")
    return {};
  return {bearer::kind::token, token};
}

session_checker::session_checker(std::shared_ptr<const token_codec> codec,
                                 std::shared_ptr<const revocations> revoked,
                                 random_source& random, on_first_shown first_shown)
    : codec_(std::move(codec)),
      revoked_(std::move(revoked)),
      cache_(cached_tokens, random),
      first_shown_(std::move(first_shown)) {}

result<claims_ptr> session_checker::check(std::string_view token,
                                          std::chrono::sys_seconds now) const {
  auto claims = verified(token, now);
  if (claims && revoked_->is_revoked((*claims)->family))
    return errc::token_revoked;
  return claims;
}

result<claims_ptr>
session_checker::check_also_banned(std::string_view token,
                                   std::chrono::sys_seconds now) const {
  auto claims = check(token, now);
  if (code_of(claims) != errc::token_invalid)
    return claims;
  auto banned = codec_->verify(token, token_kind::banned, now);
  if (!banned)
    return std::move(banned.error());
  if (revoked_->is_revoked(banned->family))
    return errc::token_revoked;
  return std::make_shared<const token_claims>(std::move(*banned));
}

result<claims_ptr> session_checker::check_to_end(std::string_view token) const {
  auto claims = codec_->identify(token, token_kind::access);
  for (const auto other : {token_kind::refresh, token_kind::banned})
    if (!claims)
      claims = codec_->identify(token, other);
  if (!claims)
    return std::move(claims.error());
  if (revoked_->is_revoked(claims->family))
    return errc::token_revoked;
  return std::make_shared<const token_claims>(std::move(*claims));
}

result<claims_ptr> session_checker::verified(std::string_view token,
                                             std::chrono::sys_seconds now) const {
  auto key = cache_.key_of(token);
  if (auto known = cache_.find(key)) {
    if (known->expires_at <= now)
      return errc::token_expired;
    return known;
  }
  auto fresh = codec_->verify(token, token_kind::access, now);
  if (!fresh)
    return std::move(fresh.error());
  auto claims = std::make_shared<const token_claims>(std::move(*fresh));
  cache_.put(key, claims);
  // The first generation has no predecessor that could give it again.
  if (first_shown_ && claims->generation > 1)
    first_shown_(*claims);
  return claims;
}

} // namespace tinybook::http
