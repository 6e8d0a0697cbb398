#include "http/auth/cookies.hpp"

#include "http/text_tools.hpp"
#include "storage/support/encoding.hpp"

namespace tinybook::http {

namespace {

constexpr std::size_t max_value_bytes = 256;

std::string mac_of(const secret_key& key, std::string_view cookie, std::string_view id) {
  return keyed_hash(key, {cookie, id});
}

} // namespace

std::vector<std::string_view> find_cookies(std::string_view header,
                                           std::string_view name) {
  std::vector<std::string_view> found;
  while (!header.empty() && found.size() < max_cookies_of_a_name) {
    auto value = trim_blanks(take_until(header, ';'));
    if (trim_blanks(take_until(value, '=')) == name && !trim_blanks(value).empty())
      found.push_back(trim_blanks(value));
  }
  return found;
}

std::string make_cookie(std::string_view name, std::string_view value,
                        std::chrono::seconds max_age, bool secure) {
  std::string out{name};
  out.append("=").append(value).append("; Path=/; Max-Age=");
  out.append(std::to_string(max_age.count())).append("; HttpOnly; SameSite=Lax");
  if (secure)
    out += "; Secure";
  return out;
}

std::string drop_cookie(std::string_view name, bool secure) {
  return make_cookie(name, "", std::chrono::seconds{0}, secure);
}

std::string cookie_signer::sign(std::string_view cookie, std::string_view id) const {
  const auto& key = keys_->current(key_purpose::cookies);
  return std::string{id} + '.' + keys_->current_id() + '.'
         + base64url_encode(mac_of(key, cookie, id));
}

std::string cookie_signer::verify(std::string_view cookie, std::string_view value) const {
  if (value.size() > max_value_bytes)
    return {};
  auto id = take_until(value, '.');
  auto key_id = take_until(value, '.');
  const auto* key = keys_->find(key_id, key_purpose::cookies);
  auto mac = base64url_decode(value);
  if (id.empty() || key == nullptr || !mac
      || !constant_time_equal(*mac, mac_of(*key, cookie, id)))
    return {};
  return std::string{id};
}

} // namespace tinybook::http
