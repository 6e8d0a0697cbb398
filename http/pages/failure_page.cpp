#include "http/api/error_texts.hpp"
#include "http/api/respond.hpp"
#include "http/pages/form_tokens.hpp"
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

answer message_page(const api_environment& env, const request_context& request,
                    const failure& why) {
  const auto status = http_status(why.code);
  const auto heading = heading_of(status);
  page_view view(env, request, heading);
  set_text(view.data, "heading", view.text(heading));
  set_text(view.data, "text", text_of(why, view.lang()));
  set_section(view.data, "retry", "text", view.when_again(why));
  auto links = page_list();
  add_link(links, "/", view.text("go_home"));
  view.data.set("links", links);
  return view.show("message", status);
}

/// Nothing was typed that would be lost, and what the button does is said where it
/// stands: for who is logged in now, it is to be decided there.
bool is_button(const route& form) {
  return form.body.empty() && form.path_fields.empty();
}

/// The page that the button of `path` stands on.
std::string page_of_button(const std::string& path) {
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

/// The log-in form, which goes on with what was asked for, a form with all its fields.
page_view log_in_again(const call& c) {
  const auto& path = c.request.raw.path;
  form_values kept{{std::string{next_field}, path}};
  for (const auto& [name, value] : c.request.form)
    if (may_be_kept(name))
      kept[std::string{kept_prefix} + name] = value;
  const bool keeps = keeps_a_form(kept); // Passwords are not, and a button has no field:
  if (!keeps) // then it goes on with the page that it stood on.
    kept[std::string{next_field}] = page_of_button(path);
  auto view = log_in_view(c, kept, nullptr);
  if (!keeps)
    set_section(view.data, "intro", "text", view.text("session_ended"));
  return view;
}

page_view send_again_view(const call& c, const failure& why) {
  page_view view(c.env, c.request, "send_again_title");
  auto text = why.code == errc::form_expired ? view.text("form_expired")
                                             : std::string{text_of(why, view.lang())};
  if (const auto again = view.when_again(why); !again.empty())
    text += ' ' + again;
  ask_to_send_again(view, c.request.raw.path, c.request.form, text);
  return view;
}

/// Nothing was done, and the same may succeed in a moment.
bool is_busy(errc code) {
  const auto status = http_status(code);
  return status == 429 || status == 503;
}

/// A form whose session has ended may have ended it itself.
bool is_sent_again(const request_context& request, errc why) {
  return request.is_page() && request.matched->sent_again != nullptr && !request.session
         && (why == errc::login_required || why == errc::form_expired);
}

/// Passwords are kept in no page, so they have to be typed again.
bool takes_password(const route& form) {
  return std::ranges::any_of(
      form.body, [](const field_spec& field) { return !may_be_kept(field.name); });
}

/// The form itself, with what is wrong; its handler shows it where the input is refused.
task<result<answer>> same_form(call c, failure why) {
  auto request = c.request;
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
  const bool keeps = why.code == errc::login_required || why.code == errc::form_expired
                     || (is_busy(why.code) && !c.request.form.empty());
  if (is_sent_again(c.request, why.code))
    if (auto again = co_await c.request.matched->sent_again(c))
      co_return std::move(*again);
  if (!c.request.is_page() || !keeps || !is_wanted(c.request))
    co_return as_page(c.env, c.request, why, std::move(plain));
  if (why.code == errc::form_expired && is_button(*c.request.matched)) {
    const auto page = c.request.is_banned() ? std::string{banned_path}
                                            : page_of_button(c.request.raw.path);
    co_return with_headers_of(
        see_other(c.request, with_next(page, c.request.form), "form_expired"),
        std::move(plain));
  }
  const bool log_in = why.code == errc::login_required;
  if (!log_in && takes_password(*c.request.matched))
    if (auto form = co_await same_form(c, why))
      co_return std::move(*form);
  if (log_in && c.request.raw.method != "POST")
    co_return see_other("/login?next=" + percent_encode(own_path(c.request.raw.target)));
  auto made = co_await page_view::show_by_size(
      c, log_in ? log_in_again(c) : send_again_view(c, why), log_in ? "form" : "confirm",
      c.request.raw.body.size(), http_status(why.code));
  if (!made)
    co_return as_page(c.env, c.request, made.error(), std::move(plain));
  co_return with_headers_of(std::move(*made), std::move(plain));
}

} // namespace tinybook::http
