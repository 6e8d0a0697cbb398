#include "actors/sessions/session_tokens.hpp"

#include "config/parse_number.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

std::chrono::sys_seconds whole_seconds(wall_time time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

/// A number as we wrote it: no sign, no leading zero, 1 at least.
std::int64_t read_generation(const std::string& text) {
  const auto generation = parse_number<std::int64_t>(text).value_or(0);
  return generation > 0 && text.front() != '0' ? generation : 0;
}

} // namespace

result<std::string> session_tokens::access_of(const storage::session_family& family,
                                              std::string id, token_kind kind,
                                              wall_time now) const {
  auto issued = whole_seconds(now);
  // Nothing outlives the family: it is listed, and ended, no more.
  const auto ends = std::max(
      whole_seconds(std::min(now + settings_.access_lifetime, family.expires_at)),
      issued + std::chrono::seconds{1});
  return codec_->sign({family.user, family.id, std::move(id), kind, issued, issued, ends,
                       family.generation});
}

result<token_pair> session_tokens::of_banned(const storage::session_family& family,
                                             std::string access_id, wall_time now) const {
  auto access = access_of(family, std::move(access_id), token_kind::banned, now);
  if (!access)
    return std::move(access.error());
  return token_pair{family.user, std::move(*access), {}, {}, false, true};
}

result<token_pair> session_tokens::of_family(const storage::session_family& family,
                                             std::string access_id, wall_time now) const {
  auto access = access_of(family, std::move(access_id), token_kind::access, now);
  if (!access)
    return std::move(access.error());
  auto rotated = whole_seconds(family.rotated_at);
  auto refresh = codec_->sign({family.user, family.id, std::to_string(family.generation),
                               token_kind::refresh, rotated, rotated,
                               whole_seconds(family.expires_at)});
  if (!refresh)
    return std::move(refresh.error());
  return token_pair{family.user, std::move(*access), std::move(*refresh), {}};
}

result<std::string> session_tokens::of_device(user_id user, const std::string& device,
                                              storage::device_epoch epoch,
                                              wall_time now) const {
  auto issued = whole_seconds(now);
  return codec_->sign({user, device, device, token_kind::device, issued, issued,
                       whole_seconds(now + settings_.device_lifetime), epoch.number});
}

result<shown_refresh_token> session_tokens::read_refresh(std::string_view token,
                                                         wall_time now) const {
  auto claims = codec_->verify(token, token_kind::refresh, whole_seconds(now));
  if (!claims)
    return std::move(claims.error());
  auto generation = read_generation(claims->id);
  if (generation == 0)
    return failure{errc::token_invalid, "a refresh token without a generation"};
  return shown_refresh_token{claims->user_id, std::move(claims->family), generation};
}

} // namespace tinybook
