#include "http/api/dispatcher.hpp"

#include "http/api/by_size.hpp"
#include "http/api/language.hpp"
#include "http/api/request_checks.hpp"
#include "http/api/request_id.hpp"
#include "http/pages/browser_session.hpp"
#include "http/pages/form_tokens.hpp"
#include "http/pages/page_view.hpp"
#include "http/server/exchange.hpp"
#include "http/server/request_head.hpp"
#include "http/text_tools.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

std::string_view path_of(const httplib::Request& request) {
  auto target = origin_form(request.target);
  return target.substr(0, target.find('?'));
}

/// For who reads answers in a terminal.
void end_line(answer& of) {
  if (of.rest || of.body.empty() || of.body.ends_with('\n'))
    return;
  if (std::ranges::none_of(of.headers, [](const auto& header) {
        return header.first == "Content-Encoding";
      }))
    of.body += '\n';
}

} // namespace

dispatcher::dispatcher(std::vector<route> routes,
                       std::shared_ptr<const api_environment> env, log_ptr log,
                       guard extra)
    : table_(std::make_shared<const route_table>(std::move(routes))),
      env_(std::move(env)),
      refusals_(std::move(log)),
      extra_(std::move(extra)),
      cors_(env_->settings.http.cors_origins),
      meters_(*table_),
      gates_(env_->settings.http.max_in_flight_per_actor,
             env_->settings.http.max_in_flight,
             env_->settings.http.max_in_flight_per_address) {}

server_hooks dispatcher::hooks() {
  server_hooks hooks;
  hooks.begin = [this](exchange& of) {
    return begin(of);
  };
  hooks.max_body_bytes = [this](std::string_view method, std::string_view path) {
    return max_body(method, path);
  };
  hooks.render_error = [this](errc code, const auto& request) {
    return render_error(code, request);
  };
  hooks.judge_head = [this](const auto& head) {
    return judge_head(head);
  };
  hooks.is_balancer = [this](std::string_view address) {
    const auto parsed = ip_address::parse(address);
    return parsed && env_->locator.trusts(*parsed);
  };
  hooks.on_exception = [this](std::string_view path, std::string_view what) {
    refusals_.note_exception(table_->find("GET", path).found, what);
  };
  return hooks;
}

std::size_t dispatcher::max_body(std::string_view method, std::string_view path) const {
  auto match = table_->find(method, path);
  return match.found != nullptr && match.found->limit == body_limit::article
             ? env_->settings.http.max_article_body_bytes
             : env_->settings.http.max_body_bytes;
}

request_context dispatcher::open(const httplib::Request& request,
                                 const route* matched) const {
  request_context opened(request, env_->locator);
  opened.request_id = next_request_id();
  opened.matched = matched;
  // What is chosen on a page is for pages, and for a path that nothing else answers.
  opened.asked_for = opened.is_page() || matched == nullptr
                         ? language_of_page(request)
                         : preferred_language(header_of(request, "Accept-Language"));
  return opened;
}

answering dispatcher::begin(exchange& of) {
  const auto match = table_->find(of.request->method, path_of(*of.request));
  const auto& http = env_->settings.http;
  const bool logs_in =
      match.found != nullptr && match.found->deadline == deadline_kind::login;
  const auto due = of.began + (logs_in ? http.login_deadline : http.deadline);
  return {match.found != nullptr ? match.found->path : "no route", due,
          serve(&of, match, due)};
}

task<result<done>> dispatcher::serve(exchange* of, route_match match, deadline due) {
  auto context = open(*of->request, match.found);
  context.due = due;
  answer out;
  // Every preflight, or a browser would hide why the request itself is refused.
  if (!cors_policy::is_preflight(*of->request)) {
    if (match.found == nullptr) {
      out = unmatched(context, match, path_of(*of->request));
    } else {
      result<answer> given{errc::internal};
      try {
        given = co_await handle(of->request, &context, match);
      } catch (const std::exception& thrown) {
        given = failure{errc::internal, thrown.what()};
      }
      if (given && is_operator_action(*match.found))
        refusals_.note_action(context);
      out = given ? std::move(*given) : refuse(given.error(), context);
      if (out.refused)
        refusals_.note(*out.refused, context);
    }
  }
  // In front: what the handler sets counts.
  for (auto& cookie : context.cookies)
    out.headers.emplace(out.headers.begin(), "Set-Cookie", std::move(cookie));
  of->rest = out.rest;
  fill(context, std::move(out), of->response);
  meters_.record(context.matched, of->response.status,
                 std::chrono::steady_clock::now() - of->began);
  co_return done{};
}

task<result<answer>> dispatcher::handle(std::shared_ptr<const httplib::Request> raw,
                                        request_context* context, route_match match) {
  auto entered = prepare(*context, match);
  if (!entered && context->is_page())
    co_return co_await refuse_unread(context, match, std::move(entered.error()));
  if (!entered)
    co_return std::move(entered.error());
  const call c{*env_, *context, entered->until_answered};
  auto input = co_await read(std::move(raw), match, c);
  if (!input)
    co_return std::move(input.error());
  context->fields = std::move(input->fields);
  context->repeat = std::move(input->repeat);
  context->form = std::move(input->form);
  context->verdict_token = std::move(input->verdict_token);
  context->refused = std::move(input->refused);
  if (context->is_page())
    if (auto admitted = co_await admit_to_page(context, c); !admitted)
      co_return co_await refuse_form(c, std::move(admitted.error()));
  co_return co_await match.found->handle(c);
}

/// A page that there is no place for now; what was typed is shown again, unless it is so
/// large that reading it would cost what there is not.
task<answer> dispatcher::refuse_unread(request_context* context, route_match match,
                                       failure why) {
  if (context->raw.body.size() <= done_here_at_most)
    if (auto input =
            read_input(context->raw, match, 1, env_->settings.abuse.widget_field)) {
      context->form = std::move(input->form);
      context->fields = std::move(input->fields);
    }
  context->session = valid_session(*env_, *context);
  co_return co_await refuse_form({*env_, *context, nullptr}, std::move(why));
}

/// Who is logged in, and whether the form is of that session.
task<result<done>> dispatcher::admit_to_page(request_context* context, call c) const {
  const auto need = context->matched->auth;
  if (need == auth_need::none)
    co_return done{};
  if (auto known = co_await resume_session(c, context); !known)
    co_return std::move(known.error());
  const bool needed =
      need == auth_need::required
      || (need == auth_need::reader && env_->settings.http.require_login_to_read);
  if (needed && !context->session)
    co_return errc::login_required;
  co_return check_form(*context);
}

result<done> dispatcher::check_form(const request_context& request) const {
  if (request.raw.method != "POST")
    return done{};
  const auto token = request.form.find(form_token_field);
  const auto fits = [&](const std::string& bound_to) {
    return token != request.form.end()
           && is_form_token(env_->cookies, token->second, bound_to);
  };
  // A form to log in may have been there before another tab did.
  const bool before = request.matched->auth != auth_need::required;
  if (fits(form_binding(request))
      || (before && std::ranges::any_of(browser_bindings(request), fits)))
    return done{};
  return errc::form_expired;
}

/// Of a request that may carry a form, which is kept.
task<answer> dispatcher::refuse_form(call c, failure why) const {
  auto plain = refusals_.answer_to(why, c.request);
  if (!env_->pages)
    co_return plain;
  co_return co_await as_page_with_form(c, std::move(why), std::move(plain));
}

answer dispatcher::refuse(const failure& why, const request_context& request) const {
  auto plain = refusals_.answer_to(why, request);
  return env_->pages ? as_page(*env_, request, why, std::move(plain)) : plain;
}

task<result<request_input>> dispatcher::read(std::shared_ptr<const httplib::Request> raw,
                                             route_match match, call c) {
  const auto max_depth = env_->settings.http.max_json_depth;
  const auto& widget_field = env_->settings.abuse.widget_field;
  if (raw->body.size() <= done_here_at_most) // Nearly all: no shared result for them.
    co_return read_input(*raw, match, max_depth, widget_field);
  const auto input = std::make_shared<result<request_input>>(errc::internal);
  const auto ran = co_await do_by_size(
      c, raw->body.size(), [input, raw, match, max_depth, widget_field, routes = table_] {
        *input = read_input(*raw, match, max_depth, widget_field);
      });
  if (!ran)
    co_return ran.error();
  co_return std::move(*input);
}

answer dispatcher::unmatched(request_context& request, const route_match& match,
                             std::string_view path) {
  bool asks_for_options = request.raw.method == "OPTIONS";
  const bool known = match.path_known && (asks_for_options || match.parameter_fits);
  if (env_->pages) // The page that says so shows who is logged in.
    request.session = valid_session(*env_, request);
  if (!known && !(asks_for_options && path == "*"))
    return refuse(errc::no_such_path, request);
  // Not 204: we send a length with each, which that status must not have.
  auto out = asks_for_options ? answer{} : refuse(errc::method_not_allowed, request);
  out.headers.emplace_back("Allow", match.path_known ? table_->allowed_methods(path)
                                                     : "GET, HEAD, POST, OPTIONS");
  return out;
}

/// What the head alone decides.
result<done> dispatcher::admit(request_context& request, bool has_body) const {
  if (extra_)
    if (auto allowed = extra_(request); !allowed)
      return allowed;
  if (auto ours = check_origin(request, cors_); !ours)
    return ours;
  if (auto known = authenticate(*env_, request); !known)
    return known;
  return check_media(request, has_body);
}

/// A page that asks nobody, for nobody is logged in.
bool dispatcher::is_prepared(const request_context& request) const {
  return request.matched->prepared
         && cookies_of(request.raw, session_cookie(request.over_tls())).empty();
}

/// What has to hold before the handler runs.
result<call_gates::pass> dispatcher::prepare(request_context& request,
                                             const route_match& match) {
  if (auto admitted = admit(request, !request.raw.body.empty()); !admitted)
    return std::move(admitted.error());
  if (match.found->asks == asked_actor::none || is_prepared(request))
    return call_gates::pass{};
  if (env_->ready->phase() == serving_phase::starting)
    return errc::starting;
  return gates_.enter(match.found->asks, request.client().limit_key);
}

void dispatcher::fill(const request_context& request, answer from,
                      httplib::Response& to) const {
  end_line(from);
  to.status = from.status;
  to.body = std::move(from.body);
  decorate(request, from, to.headers);
  if (!to.body.empty() || from.rest)
    to.headers.emplace("Content-Type", from.content_type);
}

void dispatcher::decorate(const request_context& request, answer& from,
                          httplib::Headers& headers) const {
  for (auto& [name, value] : from.headers)
    headers.emplace(std::move(name), std::move(value));
  headers.emplace("X-Request-Id", request.request_id);
  headers.emplace("X-Content-Type-Options", "nosniff");
  if (from.no_store) {
    headers.emplace("Cache-Control", "no-store");
    headers.emplace("Content-Security-Policy", from.content_policy);
  }
  // Pages are for their own origin alone.
  if (request.is_page()
      || (request.matched == nullptr && table_->is_of_page(path_of(request.raw))))
    return;
  const auto origin = header_of(request.raw, "Origin");
  cors_.decorate(origin, headers);
  // A listener with a guard of its own refuses the pages of others, whoever they are.
  if (!extra_ && !origin.empty() && !cors_.allows(origin))
    refusals_.note_origin(origin, header_of(request.raw, "Host"));
  if (cors_policy::is_preflight(request.raw))
    cors_.answer_preflight(origin, headers);
}

httplib::Response dispatcher::render_error(errc code, const httplib::Request& request) {
  const auto context = open(request, table_->find(request.method, request.path).found);
  return finish(context, refuse(code, context));
}

std::optional<httplib::Response> dispatcher::judge_head(const httplib::Request& head) {
  const auto path = path_of(head);
  const auto match = table_->find(head.method, path);
  auto context = open(head, match.found);
  if (head.method == "OPTIONS")
    return std::nullopt;
  if (match.found == nullptr)
    return finish(context, unmatched(context, match, path));
  // There is a body, though none of it is here yet.
  auto admitted = admit(context, true);
  if (admitted)
    return std::nullopt;
  return finish(context, refuse(admitted.error(), context));
}

httplib::Response dispatcher::finish(const request_context& request, answer from) {
  httplib::Response out;
  fill(request, std::move(from), out);
  meters_.record(request.matched, out.status, std::chrono::nanoseconds{0});
  return out;
}

} // namespace tinybook::http
