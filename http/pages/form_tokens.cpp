#include "http/pages/form_tokens.hpp"

#include "http/text_tools.hpp"
#include "storage/support/random.hpp"

namespace tinybook::http {

namespace {

constexpr std::string_view signed_as = "form";

} // namespace

std::string_view form_cookie(bool over_tls) {
  return over_tls ? "__Host-tb_form" : "tb_form";
}

std::string make_form_token(const cookie_signer& by, std::string_view bound_to) {
  system_random random;
  const auto nonce = random_id(random);
  auto token = by.sign(signed_as, nonce + '~' + std::string{bound_to});
  return token.erase(nonce.size(), 1 + bound_to.size());
}

bool is_form_token(const cookie_signer& by, std::string_view token,
                   std::string_view bound_to) {
  const auto mac = token.find('.');
  if (bound_to.empty() || mac == std::string_view::npos)
    return false;
  std::string whole{token};
  whole.insert(mac, '~' + std::string{bound_to});
  return !by.verify(signed_as, whole).empty();
}

std::string session_binding(std::string_view family) {
  return "session-" + std::string{family};
}

std::string form_binding(const request_context& request) {
  if (request.session)
    return session_binding(request.session->family);
  auto known = browser_bindings(request);
  return known.empty() ? std::string{} : std::move(known.front());
}

std::vector<std::string> browser_bindings(const request_context& request) {
  constexpr std::size_t max_bytes = 64;
  std::vector<std::string> known;
  for (const auto browser : cookies_of(request.raw, form_cookie(request.over_tls())))
    if (browser.size() <= max_bytes && browser.find('.') == std::string_view::npos)
      known.push_back("browser-" + std::string{browser});
  return known;
}

} // namespace tinybook::http
