#include "actors/accounts/messages.hpp"
#include "http/api/respond.hpp"
#include "http/pages/browser_session.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/log_in_form.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/security_views.hpp"
#include "http/text_tools.hpp"

namespace tinybook::http {

namespace {

constexpr form_field email_input{.name = "email",
                                 .label = "email",
                                 .hint = "email_hint",
                                 .type = "email",
                                 .autocomplete = "username",
                                 .inputmode = "email"};

constexpr auto log_in_fields =
    std::to_array<form_field>({email_input,
                               {.name = "password",
                                .label = "password",
                                .type = "password",
                                .autocomplete = "current-password"}});
constexpr form_plan log_in_plan{.action = "/login",
                                .title = "log_in_title",

                                .submit = "log_in_submit",
                                .fields = log_in_fields};

constexpr auto sign_up_fields =
    std::to_array<form_field>({email_input,
                               {.name = "password",
                                .label = "password",
                                .hint = "password_hint",
                                .type = "password",
                                .autocomplete = "new-password"},
                               {.name = "confirmPassword",
                                .label = "confirm_password",
                                .type = "password",
                                .autocomplete = "new-password"}});
constexpr form_plan sign_up_plan{.action = judged_forms::sign_up,
                                 .title = "sign_up_title",
                                 .intro = "sign_up_intro",
                                 .submit = "sign_up_submit",
                                 .fields = sign_up_fields};

page_view sign_up_view(const call& c, const failure* why) {
  page_view view(c.env, c.request, sign_up_plan.title);
  const auto sent = sent_by(c.request);
  fill_form(view, sign_up_plan, sent, why);
  view.data.set("hidden", carried(sent));
  auto links = page_list();
  add_link(links, with_next("/login", sent), view.text("log_in_instead"));
  view.data.set("links", links);
  return view;
}

/// Who is logged in already goes on.
std::optional<answer> on_its_way(const call& c) {
  if (!c.request.session)
    return std::nullopt;
  return see_other(own_path(sent_value(sent_by(c.request), next_field)));
}

task<result<answer>> sign_up_form(call c) {
  if (auto out = on_its_way(c))
    co_return std::move(*out);
  co_return co_await show_form(c, sign_up_view(c, nullptr));
}

/// Signs up and logs in. Who has signed up with these already, by a double click for one,
/// is logged in.
task<result<answer>> sign_up_by_form(call c) {
  if (c.request.refused)
    co_return co_await show_form(c, sign_up_view(c, &*c.request.refused));
  const auto& in = c.request.fields;
  const auto client = form_sender(c);
  const auto made =
      co_await c.ask(c.env.actors.accounts, sign_up{in.text("email"), in.text("password"),
                                                    in.text("confirmPassword"), client});
  if (!made && made.error().code != errc::email_taken)
    co_return co_await show_form(c, sign_up_view(c, &made.error()));
  const auto tokens = co_await c.ask(
      c.env.actors.accounts, log_in{in.text("email"), in.text("password"), client});
  if (tokens)
    co_return co_await open_in_browser(c, *tokens);
  if (!made)
    co_return co_await show_form(c, sign_up_view(c, &made.error()));
  co_return see_other(c.request, "/login", "welcome");
}

task<result<answer>> log_in_form(call c) {
  if (auto out = on_its_way(c))
    co_return std::move(*out);
  co_return co_await show_form(c, log_in_view(c, sent_by(c.request), nullptr));
}

task<result<answer>> log_in_by_form(call c) {
  if (c.request.refused)
    co_return co_await show_form(c, log_in_view(c, c.request.form, &*c.request.refused));
  const auto& in = c.request.fields;
  const auto tokens =
      co_await c.ask(c.env.actors.accounts,
                     log_in{in.text("email"), in.text("password"), form_sender(c)});
  if (!tokens)
    co_return co_await show_form(c, log_in_view(c, c.request.form, &tokens.error()));
  co_return co_await open_in_browser(c, *tokens);
}

/// From a second tab, say: nobody is logged in any more. Ends nothing, for this may be a
/// form of another site.
task<result<answer>> log_out_again(call c) {
  co_return see_other(c.request, "/", "logged_out");
}

task<result<answer>> log_out_by_form(call c) {
  if (c.request.session) {
    auto closed = co_await c.ask(
        c.env.actors.sessions,
        close_session{c.request.session->family, source_of(client_of(c.env, c.request))});
    if (!closed)
      co_return std::move(closed.error());
  }
  auto out = see_other(c.request, "/", "logged_out");
  out.headers.emplace_back("Set-Cookie", forget_session(c.request));
  forget_sent_code(c.request, out);
  co_return out;
}

/// Where who is banned has what they may do nevertheless.
answer show_banned(const call& c, const token_pair& tokens) {
  auto out = tokens.restored
                 ? see_other(c.request, std::string{banned_path}, "deletion_taken_back")
                 : see_other(std::string{banned_path});
  out.headers.emplace_back("Set-Cookie", keep_session(c.env, c.request, tokens));
  forget_sent_code(c.request, out, tokens.user);
  out.refused = failure{errc::account_banned};
  return out;
}

} // namespace

std::string with_next(std::string_view path, const form_values& sent) {
  const auto next = sent_value(sent, next_field);
  return std::string{path} + (next.empty() ? "" : "?next=" + percent_encode(next));
}

page_view log_in_view(const call& c, const form_values& sent, const failure* why) {
  page_view view(c.env, c.request, log_in_plan.title);
  fill_form(view, log_in_plan, sent, why);
  auto& data = view.data;
  data.set("hidden", carried(sent));
  auto links = page_list();
  if (keeps_a_form(sent)) {
    const bool words = sent.contains(std::string{kept_prefix} + "content");
    set_section(data, "kept", "text", view.text(words ? "kept_text" : "kept_action"));
    page_data other; // A button, for a link would carry nothing on.
    set_text(other, "action", judged_forms::log_in_code);
    set_text(other, "text", view.text("code_log_in_instead"));
    data.set("other_way", other);
  } else {
    add_link(links, with_next(judged_forms::log_in_code, sent),
             view.text("code_log_in_instead"));
    add_link(links, with_next(judged_forms::sign_up, sent), view.text("sign_up_instead"));
    add_link(links, judged_forms::reset_code, view.text("forgot_password"));
  }
  data.set("links", links);
  return view;
}

task<result<answer>> open_in_browser(call c, token_pair tokens) {
  if (tokens.banned)
    co_return show_banned(c, tokens);
  const auto& sent = c.request.form;
  const auto to = own_path(sent_value(sent, next_field));
  result<answer> out{
      see_other(c.request, to, tokens.restored ? "account_stays" : "welcome")};
  if (keeps_a_form(sent)) {
    form_values kept;
    for (const auto& [name, value] : sent)
      if (name.starts_with(kept_prefix))
        kept[name.substr(kept_prefix.size())] = value;
    page_view view(c.env, c.request, "kept_title");
    if (const auto claims =
            c.env.tokens->verify(tokens.access, token_kind::access, c.env.token_time()))
      view.bind_to(claims->family);
    const auto& in = c.request.fields;
    const auto& who = in.text(in.has("email") ? "email" : "phone");
    if (tokens.restored)
      set_section(view.data, "notice", "text", view.text("done_deletion_taken_back"));
    ask_to_send(view, to, kept, view.text("kept_go_on", {who}));
    out = co_await page_view::show_by_size(c, std::move(view), "confirm",
                                           c.request.raw.body.size());
  }
  if (!out)
    co_return out;
  out->headers.emplace_back("Set-Cookie", keep_session(c.env, c.request, tokens));
  give_device(c.env, c.request, tokens.device, *out);
  forget_sent_code(c.request, *out, tokens.user);
  co_return out;
}

std::vector<route> log_in_page_routes() {
  auto log_out =
      form_at("/logout", log_out_by_form, asked_actor::sessions, "Logs out.", {});
  log_out.sent_again = log_out_again;
  log_out.for_banned = true;
  return {
      page_at(judged_forms::sign_up, sign_up_form, "The form to sign up."),
      form_at(judged_forms::sign_up, sign_up_by_form, asked_actor::accounts,
              "Signs up and logs in.", same_fields_as("/users/signup")),
      page_at("/login", log_in_form, "The form to log in."),
      form_at("/login", log_in_by_form, asked_actor::accounts, "Logs in.",
              same_fields_as("/users/login")),
      std::move(log_out),
  };
}

} // namespace tinybook::http
