#include "http/api/refusals.hpp"

#include "config/text_rules.hpp"
#include "http/api/error_texts.hpp"
#include "http/auth/cookies.hpp"
#include "http/auth/session_checker.hpp"
#include "http/log/redact.hpp"
#include "http/pages/browser_session.hpp"
#include "http/text_tools.hpp"

#include <algorithm>
#include <array>

namespace tinybook::http {

namespace {

/// A method that is not defined could hold anything, secrets included.
std::string_view loggable_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> known = {
      "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"};
  auto at = std::ranges::find(known, method);
  return at == known.end() ? "other" : *at;
}

std::vector<std::string_view> secrets_of(const request_context& request) {
  auto secrets = request.fields.secrets();
  if (const auto token = read_bearer(header_of(request.raw, "Authorization")).token;
      !token.empty())
    secrets.push_back(token);
  for (const auto name :
       {device_cookie, asker_cookie, session_cookie(false), session_cookie(true)})
    for (const auto value : cookies_of(request.raw, name))
      secrets.push_back(value);
  return secrets;
}

std::string names_of(const std::vector<field_error>& refused) {
  std::string names;
  for (const auto& one : refused)
    names += (names.empty() ? "" : ",") + one.field;
  return names;
}

std::string_view loggable_path(const route* matched) {
  return matched != nullptr ? matched->path : std::string_view{"unknown"};
}

/// Our own faults are errors, trouble with load or back ends warnings, refusals that may
/// show an attack `info`, the rest is for debugging.
config::log_level log_level_of(errc code) {
  auto status = http_status(code);
  if (code == errc::starting || code == errc::draining)
    return config::log_level::debug; // What probes get.
  if (status == 500)
    return config::log_level::error;
  if (status > 500)
    return config::log_level::warn;
  if (status == 401 || status == 403 || status == 429)
    return config::log_level::info;
  return config::log_level::debug;
}

} // namespace

std::optional<std::uint64_t> refusal_sampler::next(const route* at, errc code,
                                                   const std::string& client, tick now) {
  std::lock_guard lock(mutex_);
  auto [found, fresh] = samplers_.try_emplace({at, code, client}, line_sampler{period});
  if (fresh) {
    order_.push_back(found->first);
    if (order_.size() > max_kinds) {
      samplers_.erase(order_.front());
      order_.pop_front();
    }
  }
  return found->second.next(now);
}

std::vector<refusal_sampler::burst> refusal_sampler::overdue(tick now) {
  std::vector<burst> found;
  std::lock_guard lock(mutex_);
  for (auto& [of, sampler] : samplers_)
    if (const auto left_out = sampler.overdue(now); left_out > 0)
      found.push_back({std::get<0>(of), std::get<1>(of), std::get<2>(of), left_out});
  return found;
}

void refusals::write_action(const request_context& request, config::log_level level,
                            const failure* why) const {
  const auto& in = request.fields;
  const auto id = in.has("id") ? std::to_string(in.integer("id")) : std::string{};
  const auto detail = why != nullptr ? redact(why->detail, secrets_of(request)) : "";
  const auto refused = why != nullptr ? names_of(why->fields) : "";
  const auto client = request.client();
  log_->write(level, "operator_action",
              {{"requestId", request.request_id},
               {"who", request.operator_name.empty() ? std::string_view{"unknown"}
                                                     : request.operator_name},
               untrusted("why", in.text("reason")),
               {"what", request.matched->path},
               {"id", id},
               untrusted("name", in.text("name")),
               untrusted("state", in.text("state")),
               untrusted("ttl", in.text("ttl")),
               {"outcome", why != nullptr ? describe(why->code).name : "done"},
               {"fields", refused},
               {"detail", detail},
               {"client", client.text}});
}

void refusals::note_action(const request_context& request) const {
  write_action(request, config::log_level::info, nullptr);
}

void refusals::note(const failure& why, const request_context& request) const {
  auto level = log_level_of(why.code);
  if (request.matched != nullptr && is_operator_action(*request.matched)) {
    write_action(request, std::max(level, config::log_level::info), &why);
    return;
  }
  if (!log_->takes(level))
    return;
  const auto* route = request.matched;
  auto client = request.client();
  const auto left_out =
      sampler_->next(route, why.code, client.limit_key, std::chrono::steady_clock::now());
  if (!left_out)
    return;
  auto detail = redact(why.detail, secrets_of(request));
  auto fields = names_of(why.fields);
  const auto count = *left_out == 0 ? "" : std::to_string(*left_out);
  log_->write(level, "request_refused",
              {{"requestId", request.request_id},
               {"method", loggable_method(request.raw.method)},
               {"route", loggable_path(route)},
               {"status", std::int64_t{http_status(why.code)}},
               {"error", describe(why.code).name},
               {"actor", route != nullptr ? name_of(route->asks) : std::string_view{}},
               {"rule", name_of(why.rule)},
               {"fields", fields},
               {"detail", detail},
               {"client", client.text},
               {"left_out", count}});
}

void refusals::log_left_out(tick now) const {
  for (const auto& one : sampler_->overdue(now)) {
    const auto count = std::to_string(one.left_out);
    log_->write(log_level_of(one.code), "requests_left_out",
                {{"method", one.at != nullptr ? one.at->method : std::string_view{}},
                 {"route", loggable_path(one.at)},
                 {"status", std::int64_t{http_status(one.code)}},
                 {"error", describe(one.code).name},
                 {"client", one.client},
                 {"left_out", count}});
  }
}

void refusals::note_origin(std::string_view origin, std::string_view host) const {
  constexpr std::size_t max_bytes = 256;
  if (is_origin_of(origin, host))
    return;
  {
    std::lock_guard lock(origins_->mutex);
    if (origins_->logged.contains(origin.substr(0, max_bytes))
        || !origins_->lines.next(std::chrono::steady_clock::now()))
      return;
    if (origins_->logged.size() >= origins::max_logged)
      origins_->logged.clear();
    origins_->logged.emplace(origin.substr(0, max_bytes));
  }
  // A long host name looks like a token to `redact`, but the operator must read it.
  const bool plain = origin.size() <= max_bytes && config::rules::is_origin(origin);
  log_->write(
      config::log_level::warn, "origin_not_allowed",
      {plain ? log_field{"origin", origin} : untrusted("origin", origin),
       {"note", "its pages can read no answers and post nothing; http.cors_origins names "
                "those that may"}});
}

void refusals::note_exception(const route* matched, std::string_view what) const {
  log_->write(config::log_level::error, "exception_while_answering",
              {{"route", loggable_path(matched)}, untrusted("detail", what)});
}

answer refusals::answer_to(const failure& why, const request_context& request) const {
  note(why, request);
  answer out;
  out.status = http_status(why.code);
  out.body = error_body(why, request.lang(), request.request_id);
  if (auto wait = retry_after(why))
    out.headers.emplace_back("Retry-After", std::to_string(wait->count()));
  if (out.status == 401)
    out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

} // namespace tinybook::http
