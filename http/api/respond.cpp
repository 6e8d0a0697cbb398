#include "http/api/respond.hpp"

#include "actors/sessions/messages.hpp"
#include "http/api/request_checks.hpp"
#include "http/auth/agent_words.hpp"
#include "http/auth/device_cookie.hpp"
#include "http/text_tools.hpp"

#include <chrono>

namespace tinybook::http {

namespace {

std::chrono::seconds seconds_of(std::chrono::milliseconds lifetime) {
  return std::chrono::duration_cast<std::chrono::seconds>(lifetime);
}

/// Whether an `If-None-Match` header names `tag` (RFC 9110, section 13.1.2).
bool names_tag(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    auto one = trim_blanks(take_until(header, ','));
    if (one.starts_with("W/"))
      one.remove_prefix(2);
    if (one == tag || one == "*")
      return true;
  }
  return false;
}

bool takes_gzip(const request_context& request) {
  return accepts_gzip(header_of(request.raw, "Accept-Encoding"));
}

void put_text(const zipped_text& text, bool zipped, answer& into) {
  if (zipped)
    into.headers.emplace_back("Content-Encoding", "gzip");
  into.body = zipped ? text.zipped : text.plain;
}

std::vector<known_device> devices_of(const api_environment& env,
                                     const request_context& request) {
  return read_devices(*env.tokens, cookies_of(request.raw, device_cookie),
                      env.token_time());
}

} // namespace

void give_text(const request_context& request, const zipped_text& text, answer& into) {
  put_text(text, takes_gzip(request), into);
}

answer cacheable_text(const request_context& request, const zipped_text& text,
                      std::string_view cache_control, std::string_view content_type) {
  // Strong, so each coding has its own.
  const bool zipped = takes_gzip(request);
  const auto tag = '"' + text.hash + (zipped ? "-gzip\"" : "\"");
  answer out{.content_type = content_type,
             .headers = {{"Cache-Control", std::string{cache_control}},
                         {"Vary", "Accept-Encoding"},
                         {"ETag", tag}},
             .no_store = false};
  if (names_tag(header_of(request.raw, "If-None-Match"), tag))
    out.status = 304;
  else
    put_text(text, zipped, out);
  return out;
}

client_info client_of(const api_environment& env, const request_context& request) {
  client_info client;
  const auto where = request.client();
  client.address = where.limit_key;
  client.network = where.network();
  client.agent = agent_in_words(header_of(request.raw, "User-Agent"));
  client.language = code_of(request.lang());
  if (request.matched != nullptr && request.matched->takes_verdict_token)
    client.verdict_token = request.is_page()
                               ? request.verdict_token
                               : header_of(request.raw, verdict_token_header);
  for (const auto asker : cookies_of(request.raw, asker_cookie))
    if (client.asker.empty())
      client.asker = env.cookies.verify(asker_cookie, asker);
  for (const auto& [known, token] : devices_of(env, request)) {
    if (client.device.empty()) {
      client.device = known.id;
      client.device_user = known.user_id;
      client.device_epoch = known.generation;
    } else {
      client.also_known.push_back({known.user_id, known.generation});
    }
  }
  return client;
}

void give_tokens(const api_environment& env, const request_context& request,
                 const token_pair& tokens, answer& into) {
  into.headers.emplace_back("X-Jwt-Token", tokens.access);
  into.headers.emplace_back("X-Refresh-Token", tokens.refresh);
  give_device(env, request, tokens.device, into);
}

void give_device(const api_environment& env, const request_context& request,
                 const std::string& device, answer& into) {
  if (!device.empty())
    into.headers.emplace_back(
        "Set-Cookie",
        make_cookie(
            device_cookie,
            add_device(*env.tokens, device, devices_of(env, request), env.token_time()),
            seconds_of(env.settings.sessions.device_lifetime), request.over_tls()));
}

void give_asker(const api_environment& env, const request_context& request,
                std::string_view asker, answer& into) {
  if (asker.empty())
    return;
  into.headers.emplace_back(
      "Set-Cookie",
      make_cookie(asker_cookie, env.cookies.sign(asker_cookie, asker),
                  seconds_of(env.settings.codes.lifetime), request.over_tls()));
}

} // namespace tinybook::http
