#include "http/api/request_checks.hpp"

#include "http/api/body_reader.hpp"
#include "http/api/cors.hpp"
#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/text.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

void read_path(const route_match& match, field_values& into,
               std::vector<field_error>& refused) {
  const auto& specs = match.found->path_fields;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    auto sent = read_parameter(specs[i], percent_decode(match.parameters[i]));
    take_field(specs[i], &sent, into, refused);
  }
}

void read_query(const httplib::Request& request, const route& matched, field_values& into,
                std::vector<field_error>& refused) {
  for (const auto& spec : matched.query) {
    auto at = request.params.find(std::string{spec.name});
    if (at == request.params.end()) {
      take_field(spec, nullptr, into, refused);
      continue;
    }
    auto sent = read_parameter(spec, at->second);
    take_field(spec, &sent, into, refused);
  }
}

/// A browser sends line feeds as CR LF.
std::string with_plain_line_feeds(std::string text) {
  std::erase(text, '\r');
  return text;
}

void read_form(const route& matched, request_input& into,
               std::vector<field_error>& refused) {
  for (const auto& spec : matched.body) {
    const auto at = into.form.find(spec.name);
    if (at == into.form.end()) {
      take_field(spec, nullptr, into.fields, refused);
      continue;
    }
    auto sent = read_parameter(spec, with_plain_line_feeds(at->second));
    take_field(spec, &sent, into.fields, refused);
  }
}

bool is_form_media(std::string_view content_type) {
  return lower_ascii(trim_blanks(take_until(content_type, ';')))
         == "application/x-www-form-urlencoded";
}

/// The key must be printable ASCII; a repetition must be the same request byte for byte.
void read_key(const httplib::Request& request, const route& matched, request_input& into,
              std::vector<field_error>& refused) {
  constexpr auto name = idempotency_key_header;
  const auto keys = values_of(request, name);
  if (keys.empty())
    return;
  const auto key = keys.front();
  const auto printable = [](char c) {
    return c > ' ' && c < 0x7f;
  };
  if (key.size() > max_idempotency_key_bytes)
    refused.push_back({name, field_rule::too_long, max_idempotency_key_bytes});
  else if (keys.size() > 1 || key.empty() || !std::ranges::all_of(key, printable))
    refused.push_back({name, field_rule::not_key});
  else
    into.repeat = storage::repeatable{
        sha256_hex(key), sha256_hex(std::string{matched.path} + '\n' + request.body)};
}

/// Whatever the operator's endpoint makes of it.
void check_verdict_token(std::string_view token, std::string_view sent_as,
                         std::vector<field_error>& refused) {
  if (token.size() > max_verdict_token_bytes)
    refused.push_back(
        {std::string{sent_as}, field_rule::too_long, max_verdict_token_bytes});
}

/// It is good for one try, so it is neither kept nor shown with the form.
void take_verdict_token(request_input& from, std::string_view widget_field,
                        std::vector<field_error>& refused) {
  const auto at = from.form.find(widget_field);
  if (widget_field.empty() || at == from.form.end())
    return;
  from.verdict_token = std::move(at->second);
  from.form.erase(at);
  check_verdict_token(from.verdict_token, widget_field, refused);
}

} // namespace

result<claims_ptr> check_token(const api_environment& env, const request_context& request,
                               std::string_view token) {
  const bool for_banned = request.matched != nullptr && request.matched->for_banned;
  return for_banned ? env.sessions->check_also_banned(token, env.token_time())
                    : env.sessions->check(token, env.token_time());
}

result<done> authenticate(const api_environment& env, request_context& request) {
  auto need = request.matched->auth;
  if (request.is_page()) // Its session is looked at by `resume_session`.
    return done{};
  if (need == auth_need::none || need == auth_need::admin)
    return done{};
  auto shown = read_bearer(header_of(request.raw, "Authorization"));
  if (shown.what == bearer::kind::malformed)
    return failure{errc::token_invalid, "no bearer token"};
  if (shown.what == bearer::kind::missing)
    return needs_login(need, env.settings.http.require_login_to_read)
               ? result<done>{errc::login_required}
               : done{};
  if (need == auth_need::refresh) {
    request.refresh_token = shown.token;
    return done{};
  }
  auto claims = need == auth_need::ending ? env.sessions->check_to_end(shown.token)
                                          : check_token(env, request, shown.token);
  if (!claims)
    return std::move(claims.error());
  request.session = std::move(*claims);
  return done{};
}

result<done> check_origin(const request_context& request, const cors_policy& others) {
  if (request.raw.method != "POST" || request.matched->foreign_body)
    return done{};
  const auto site = header_of(request.raw, "Sec-Fetch-Site");
  const auto origin = header_of(request.raw, "Origin");
  const bool fits =
      origin.empty() || is_origin_of(origin, header_of(request.raw, "Host"));
  // Where a browser says that a page is our own it may be of another Host than the one
  // that a proxy has made of it.
  const bool own = site == "same-origin" || (site.empty() && fits)
                   || (site == "none" && (fits || origin == "null"));
  if (own || (!request.is_page() && others.allows(origin)))
    return done{};
  return failure{errc::origin_refused, "sent by a page of another site"};
}

result<done> check_media(const request_context& request, bool has_body) {
  const auto& matched = *request.matched;
  if (request.raw.method != "POST" || matched.foreign_body
      || (matched.body.empty() && !has_body))
    return done{};
  const auto type = header_of(request.raw, "Content-Type");
  if (request.is_page()) // A browser sends nothing else.
    return type.empty() || is_form_media(type) ? result<done>{done{}} : errc::bad_request;
  const bool right = type.empty() ? !has_body : is_json_media(type);
  return right ? result<done>{done{}} : errc::unsupported_media;
}

result<request_input> read_input(const httplib::Request& request,
                                 const route_match& match, std::size_t max_json_depth,
                                 std::string_view widget_field) {
  const auto& matched = *match.found;
  request_input input;
  failure refused{errc::invalid_field};
  if (matched.face == route_face::page && request.method == "POST") {
    constexpr std::ptrdiff_t max_fields = 100; // Each is shown again where it is kept.
    if (std::ranges::count(request.body, '&') >= max_fields)
      return failure{errc::bad_request, "a form of too many fields"};
    input.form = decode_form(request.body);
    read_form(matched, input, refused.fields);
  } else if (!matched.body.empty()) {
    auto body = read_body(request.body, matched.body, max_json_depth);
    if (body)
      input.fields = std::move(*body);
    else if (body.error().code != errc::invalid_field)
      return std::move(body.error());
    else
      refused.fields = std::move(body.error().fields);
  }
  read_path(match, input.fields, refused.fields);
  read_query(request, matched, input.fields, refused.fields);
  if (matched.takes_key)
    read_key(request, matched, input, refused.fields);
  if (matched.takes_verdict_token && matched.face == route_face::page)
    take_verdict_token(input, widget_field, refused.fields);
  else if (matched.takes_verdict_token)
    check_verdict_token(header_of(request, verdict_token_header), verdict_token_header,
                        refused.fields);
  if (refused.fields.empty())
    return input;
  if (matched.face != route_face::page)
    return refused;
  input.refused = std::move(refused);
  return input;
}

} // namespace tinybook::http
