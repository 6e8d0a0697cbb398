#include "http/openapi/errors_of.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

using code_list = std::vector<errc>;

/// Before a route is found, or while its answer is awaited.
code_list errors_of_all() {
  return {errc::bad_request,      errc::request_timeout, errc::body_too_large,
          errc::uri_too_long,     errc::head_too_large,  errc::rate_limited,
          errc::internal,         errc::overloaded,      errc::draining,
          errc::deadline_exceeded};
}

code_list errors_of_inputs(const route& of) {
  code_list found;
  if (of.method == "POST" && !of.foreign_body)
    found = {errc::origin_refused, errc::unsupported_media};
  if (!of.body.empty())
    found.push_back(errc::malformed_json);
  if (!of.body.empty() || !of.path_fields.empty() || !of.query.empty())
    found.push_back(errc::invalid_field);
  return found;
}

code_list errors_of_tokens(auth_need need, bool login_to_read) {
  code_list found;
  if (need == auth_need::none)
    return found;
  found = {errc::token_invalid, errc::token_revoked};
  if (need != auth_need::ending)
    found.push_back(errc::token_expired);
  if (needs_login(need, login_to_read))
    found.push_back(errc::login_required);
  if (need == auth_need::refresh)
    found.push_back(errc::token_reused);
  return found;
}

/// An actor may be starting, down, full or without a database.
code_list errors_of_actors(asked_actor asks) {
  if (asks == asked_actor::none)
    return {};
  return {errc::starting, errc::unavailable, errc::storage_full, errc::database_busy};
}

} // namespace

std::vector<errc> errors_of(const route& of, bool login_to_read) {
  auto all = of.promised.errors;
  for (const auto& some :
       {errors_of_all(), errors_of_inputs(of), errors_of_tokens(of.auth, login_to_read),
        errors_of_actors(of.asks),
        of.takes_key ? code_list{errc::invalid_field, errc::key_reused} : code_list{},
        of.takes_verdict_token ? code_list{errc::invalid_field} : code_list{}})
    all.insert(all.end(), some.begin(), some.end());
  std::ranges::sort(all);
  const auto twice = std::ranges::unique(all);
  all.erase(twice.begin(), twice.end());
  return all;
}

} // namespace tinybook::http
