#include "http/api/error_texts.hpp"
#include "http/api/respond.hpp"
#include "http/pages/browser_session.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/log_in_form.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/security_views.hpp"
#include "http/text_tools.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>

namespace tinybook::http {

namespace {

bool takes_html(const httplib::Request& request) {
  return header_of(request, "Accept").find("text/html") != std::string_view::npos;
}

bool wants_json(const httplib::Request& request) {
  return header_of(request, "Accept") == "application/json";
}

std::string_view heading_of(int status) {
  if (status == 404)
    return "not_found_heading";
  if (status == 403)
    return "forbidden_heading";
  if (status == 429)
    return "too_many_heading";
  return status >= 503 ? "overloaded_heading" : "failed_heading";
}

/// The page that the form or the button of `path` stands on.
std::string page_of_form(const std::string& path) {
  static const auto pages = [] {
    std::set<std::string, std::less<>> paths;
    for (const auto& one : page_routes())
      if (one.method == "GET")
        paths.emplace(one.path);
    return paths;
  }();
  return pages.contains(path) ? path
                              : path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

/// Nothing was done, and the same may succeed in a moment.
bool is_busy(errc code) {
  const auto status = http_status(code);
  return status == 429 || status == 503;
}

answer message_page(const api_environment& env, const request_context& request,
                    const failure& why) {
  const auto status = http_status(why.code);
  const auto heading = heading_of(status);
  page_view view(env, request, heading);
  set_text(view.data, "heading", view.text(heading));
  set_text(view.data, "text", text_of(why, view.lang()));
  set_section(view.data, "retry", "text", view.when_again(why));
  auto links = page_list();
  if (is_busy(why.code) && request.is_page() && request.raw.method == "POST")
    add_link(links, page_of_form(request.raw.path), view.text("go_back"));
  add_link(links, "/", view.text("go_home"));
  view.data.set("links", links);
  return view.show("message", status);
}

/// Nothing of it is worth keeping without a secret that it cannot do without.
bool needs_secret(const route& form) {
  return std::ranges::any_of(form.body, [](const field_spec& field) {
    return field.needed == presence::required && !may_be_kept(field.name);
  });
}

/// Whether something of the form can be kept: secrets are not, and a button has nothing.
bool keeps(const request_context& request) {
  return !needs_secret(*request.matched)
         && std::ranges::any_of(request.matched->body,
                                [&](const field_spec& field) {
                                  return may_be_kept(field.name)
                                         && !sent_value(request.form, field.name).empty();
                                })
         && is_typed(*request.matched);
}

/// The log-in form, which goes on with what was asked for: a form with its fields, or the
/// page that it stands on.
page_view log_in_again(const call& c) {
  const auto& path = c.request.raw.path;
  form_values kept;
  if (keeps(c.request)) {
    kept[std::string{next_field}] = path;
    for (const auto& [name, value] : c.request.form)
      if (may_be_kept(name))
        kept[std::string{kept_prefix} + name] = value;
    return log_in_view(c, kept, nullptr);
  }
  kept[std::string{next_field}] = own_path(with_next(page_of_form(path), c.request.form));
  auto view = log_in_view(c, kept, nullptr);
  set_section(view.data, "intro", "text", view.text("session_ended"));
  return view;
}

task<result<answer>> to_log_in(call c) {
  const bool posted = c.request.raw.method == "POST";
  const auto next =
      own_path(posted ? page_of_form(c.request.raw.path) : c.request.raw.target);
  const auto log_in = "/login?next=" + percent_encode(next);
  if (c.request.ban_lifted)
    co_return see_other(c.request, log_in, "ban_lifted");
  if (holds_ban(c.env, c.request) && !(posted && keeps(c.request)))
    co_return see_other(std::string{banned_path});
  if (!posted)
    co_return see_other(log_in);
  co_return co_await page_view::show_by_size(c, log_in_again(c), "form",
                                             c.request.raw.body.size(),
                                             http_status(errc::login_required));
}

/// A form whose session has ended may have ended it itself.
bool is_sent_again(const request_context& request, errc why) {
  return request.is_page() && request.matched->sent_again != nullptr && !request.session
         && !request.ban_lifted
         && (why == errc::login_required || why == errc::form_expired);
}

/// The form itself, with what is wrong and all that was typed but secrets; its handler
/// shows it where the input is refused.
task<result<answer>> same_form(call c, failure why) {
  auto request = c.request;
  if (why.code == errc::form_expired)
    why.text = c.env.pages->renderer.texts().text("form_expired", request.lang());
  request.refused = std::move(why);
  auto shown = co_await request.matched->handle({c.env, request, c.held});
  if (shown)
    shown->refused.reset(); // It is in the log already.
  co_return shown;
}

bool is_wanted(const request_context& request) {
  return request.is_page() ? !wants_json(request.raw)
                           : request.matched == nullptr && takes_html(request.raw);
}

answer with_headers_of(answer page, answer plain) {
  page.refused.reset(); // It is in the log already.
  for (auto& header : plain.headers)
    if (header.first == "Allow" || header.first == "Retry-After")
      page.headers.push_back(std::move(header));
  return page;
}

} // namespace

answer as_page(const api_environment& env, const request_context& request,
               const failure& why, answer plain) {
  if (!is_wanted(request))
    return plain;
  return with_headers_of(message_page(env, request, why), std::move(plain));
}

task<answer> as_page_with_form(call c, failure why, answer plain) {
  if (is_sent_again(c.request, why.code))
    if (auto again = co_await c.request.matched->sent_again(c))
      co_return std::move(*again);
  if (!c.request.is_page() || !is_wanted(c.request))
    co_return as_page(c.env, c.request, why, std::move(plain));
  if (why.code == errc::login_required) {
    auto out = co_await to_log_in(c);
    co_return out ? with_headers_of(std::move(*out), std::move(plain))
                  : as_page(c.env, c.request, out.error(), std::move(plain));
  }
  const bool expired = why.code == errc::form_expired;
  if (expired && !is_typed(*c.request.matched)) {
    const auto page = c.request.is_banned() ? std::string{banned_path}
                                            : page_of_form(c.request.raw.path);
    co_return with_headers_of(
        see_other(c.request, with_next(page, c.request.form), "form_expired"),
        std::move(plain));
  }
  // Never a button that sends it as it is: it may be of another person's session.
  if (is_typed(*c.request.matched)
      && (expired || (is_busy(why.code) && !c.request.form.empty())))
    if (auto form = co_await same_form(c, why))
      co_return std::move(*form);
  co_return as_page(c.env, c.request, why, std::move(plain));
}

} // namespace tinybook::http
