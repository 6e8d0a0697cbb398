#include "http/api/error_texts.hpp"
#include "http/api/respond.hpp"
#include "http/pages/form_tokens.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/log_in_form.hpp"
#include "http/text_tools.hpp"

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

/// The log-in form, which goes on with what was asked for, a form with all its fields.
answer ask_to_log_in(const api_environment& env, const request_context& request,
                     const failure& why) {
  if (request.raw.method != "POST")
    return see_other("/login?next=" + percent_encode(own_path(request.raw.target)));
  form_values kept{{std::string{next_field}, request.raw.path}};
  for (const auto& [name, value] : request.form)
    if (name != form_token_field)
      kept[std::string{kept_prefix} + name] = value;
  page_view view(env, request, "log_in_title");
  auto out = show_log_in(view, kept, nullptr);
  out.status = http_status(why.code);
  return out;
}

answer message_page(const api_environment& env, const request_context& request,
                    const failure& why) {
  const auto status = http_status(why.code);
  const auto heading = heading_of(status);
  page_view view(env, request, heading);
  set_text(view.data, "heading", view.text(heading));
  set_text(view.data, "text", text_of(why.code, view.lang()));
  if (const auto wait = retry_after(why))
    set_section(view.data, "retry", "text",
                view.text("retry_in", {std::to_string(wait->count())}));
  auto links = page_list();
  add_link(links, "/", view.text("go_home"));
  view.data.set("links", links);
  return view.show("message", status);
}

answer made_for(const api_environment& env, const request_context& request,
                const failure& why) {
  if (request.is_page() && why.code == errc::login_required)
    return ask_to_log_in(env, request, why);
  // Sent twice, or from a second tab: nobody is logged in any more.
  if (request.is_page() && why.code == errc::form_expired && !request.session
      && request.matched->path == "/logout")
    return see_other("/?done=logged_out");
  if (request.is_page() && why.code == errc::form_expired) {
    page_view view(env, request, "send_again_title");
    const auto text = view.text("form_expired");
    auto out = ask_to_send_again(std::move(view), request.raw.path, request.form, text);
    out.status = http_status(why.code);
    return out;
  }
  return message_page(env, request, why);
}

} // namespace

answer as_page(const api_environment& env, const request_context& request,
               const failure& why, answer plain) {
  const bool wanted = request.is_page()
                          ? !wants_json(request.raw)
                          : request.matched == nullptr && takes_html(request.raw);
  if (!wanted)
    return plain;
  auto page = made_for(env, request, why);
  page.refused.reset(); // It is in the log already.
  for (auto& header : plain.headers)
    if (header.first == "Retry-After" || header.first == "Allow")
      page.headers.push_back(std::move(header));
  return page;
}

} // namespace tinybook::http
