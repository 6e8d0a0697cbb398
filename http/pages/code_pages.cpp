#include "actors/codes/code_purposes.hpp"
#include "actors/codes/messages.hpp"
#include "actors/codes/phone_number.hpp"
#include "http/api/own_account.hpp"
#include "http/pages/browser_session.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/log_in_form.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/security_views.hpp"
#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

/// Remembers from one step to the next where a code was sent, and when: an address would
/// stay in the history and in logs.
constexpr std::string_view sent_cookie = "tb_sent";

constexpr auto phone_fields = std::to_array<form_field>({{.name = "phone",
                                                          .label = "phone",
                                                          .hint = "phone_hint",
                                                          .type = "tel",
                                                          .autocomplete = "tel",
                                                          .inputmode = "tel"}});
constexpr auto code_fields = std::to_array<form_field>({code_input});
constexpr auto reset_fields = std::to_array<form_field>({code_input, new_password_input});

/// Two steps: the phone, then the code that was sent to it.
struct code_flow {
  std::string_view purpose;
  form_plan ask_phone;
  form_plan ask_code;
  std::string_view back;
  std::string_view back_text;

  [[nodiscard]] constexpr bool asks_for_password() const {
    return std::ranges::any_of(ask_code.fields, [](const form_field& field) {
      return field.type == "password";
    });
  }
};

constexpr code_flow log_in_flow{purpose_login,
                                {.action = judged_forms::log_in_code,
                                 .title = "code_log_in_title",
                                 .intro = "code_log_in_intro",
                                 .submit = "send_code",
                                 .fields = phone_fields},
                                {.action = "/login/code/enter",
                                 .title = "code_enter_title",
                                 .submit = "code_enter_submit",
                                 .fields = code_fields},
                                "/login",
                                "password_log_in_instead"};
constexpr code_flow reset_flow{purpose_reset_password,
                               {.action = judged_forms::reset_code,
                                .title = "new_password_title",
                                .intro = "new_password_intro",
                                .submit = "send_code",
                                .fields = phone_fields},
                               {.action = "/password/new/enter",
                                .title = "new_password_enter_title",
                                .submit = "new_password_submit",
                                .fields = reset_fields},
                               "/login",
                               "cancel"};
constexpr code_flow bind_flow{purpose_bind_phone,
                              {.action = judged_forms::bind_code,
                               .title = "bind_phone_title",
                               .intro = "bind_phone_intro",
                               .submit = "send_code",
                               .fields = phone_fields},
                              {.action = "/profile/phone/enter",
                               .title = "bind_enter_title",
                               .submit = "bind_submit",
                               .fields = code_fields},
                              "/profile",
                              "cancel"};

/// What the cookie says, or nothing.
struct sent_code {
  std::string phone;
  wall_time again_at{};
  user_id asker = 0; ///< Who was logged in then: it is shown to nobody else.
  bool own = true;   ///< Else somebody may have asked for it in another browser.
};

/// Behind the phone in the cookie.
constexpr std::string_view not_own = " ?";

sent_code sent_in(std::string_view cookie, std::string_view purpose) {
  const auto value = percent_decode(cookie);
  std::string_view rest = value;
  if (take_until(rest, ' ') != purpose)
    return {};
  using enum parsed_integer::outcome;
  const auto at = parse_integer(take_until(rest, ' '));
  const auto asker = parse_integer(take_until(rest, ' '));
  constexpr std::size_t max_bytes = 64;
  const bool own = !rest.ends_with(not_own);
  if (!own)
    rest.remove_suffix(not_own.size());
  if (at.what != ok || asker.what != ok || rest.size() > max_bytes)
    return {};
  return {std::string{rest}, from_unix_ms(at.value), asker.value, own};
}

sent_code sent_of(const request_context& request, const code_flow& flow) {
  for (const auto cookie : cookies_of(request.raw, sent_cookie))
    if (auto sent = sent_in(cookie, flow.purpose);
        !sent.phone.empty() && sent.asker == request.user())
      return sent;
  return {};
}

page_view phone_view(const call& c, const code_flow& flow, const failure* why) {
  page_view view(c.env, c.request, flow.ask_phone.title);
  const auto sent = sent_by(c.request);
  auto shown = sent;
  // Where it is the way to another code, that goes to the same phone.
  if (flow.asks_for_password() && has_widget(c.env) && c.request.raw.method != "POST")
    shown.emplace("phone", sent_of(c.request, flow).phone);
  fill_form(view, flow.ask_phone, shown, why);
  view.data.set("hidden", carried(sent));
  auto links = page_list();
  add_link(links, with_next(flow.back, sent), view.text(flow.back_text));
  view.data.set("links", links);
  return view;
}

std::string remember_sent(const call& c, const code_flow& flow, const sent_code& sent) {
  return make_cookie(
      sent_cookie,
      percent_encode(std::string{flow.purpose} + ' '
                     + std::to_string(to_unix_ms(sent.again_at)) + ' '
                     + std::to_string(sent.asker) + ' ' + sent.phone
                     + std::string{sent.own ? "" : not_own}),
      std::chrono::duration_cast<std::chrono::seconds>(c.env.settings.codes.lifetime),
      c.request.over_tls());
}

/// A form that asks for another code, with when that may be.
void add_resend(page_view& view, const code_flow& flow, const sent_code& sent,
                const page_data& hidden) {
  const auto& codes = view.env().settings.codes;
  const auto now = view.env().clock();
  // The cookie comes from outside.
  const auto left = std::clamp<std::chrono::nanoseconds>(
      std::min(sent.again_at, now + codes.resend_interval) - now,
      std::chrono::nanoseconds{0}, codes.resend_interval);
  const auto wait = std::chrono::ceil<std::chrono::seconds>(left);
  page_data resend;
  set_text(resend, "action", flow.ask_phone.action);
  resend.set("hidden", hidden);
  const auto seconds = std::to_string(wait.count());
  set_text(resend, "wait", seconds);
  if (wait.count() > 0)
    set_text(resend, "text", view.text("resend_wait", {seconds}));
  view.add_widget(resend);
  view.data.set("resend", resend);
}

page_view code_view(const call& c, const code_flow& flow, const sent_code& sent,
                    const failure* why) {
  page_view view(c.env, c.request, flow.ask_code.title);
  const auto carry = sent_by(c.request);
  fill_form(view, flow.ask_code, carry, why);
  auto hidden = carried(carry);
  add_hidden(hidden, "phone", sent.phone);
  set_section(
      view.data, "intro", "text",
      view.text(sent.own ? "code_sent" : "code_on_its_way", {spaced_phone(sent.phone)}));
  view.data.set("hidden", hidden);
  auto links = page_list();
  if (flow.asks_for_password() && has_widget(c.env))
    add_link(links, with_next(flow.ask_phone.action, carry), view.text("resend_code"));
  else
    add_resend(view, flow, sent, hidden);
  add_link(links, with_next(flow.ask_phone.action, carry), view.text("other_phone"));
  view.data.set("links", links);
  return view;
}

/// The number that the code went to, which shows what a national one was taken for.
std::string phone_as_understood(const call& c) {
  auto typed = c.request.fields.text("phone");
  auto phone = parse_phone("phone", typed, c.env.settings.codes.default_region,
                           phone_rule::possible);
  return phone ? std::move(phone->e164) : std::move(typed);
}

task<result<code_sent>> send_code_of(call c, const code_flow* flow) {
  const auto& phone = c.request.fields.text("phone");
  if (flow->purpose == purpose_bind_phone)
    co_return co_await c.ask(c.env.actors.accounts, own_code(c, flow->purpose, phone));
  send_code command{phone, std::string{flow->purpose}, client_of(c.env, c.request)};
  command.lang = c.request.asked_for;
  co_return co_await c.ask(c.env.actors.verification, std::move(command));
}

/// A code that is on its way already, for the form was sent twice, is as good as a new
/// one.
task<result<answer>> send_by_form(call c, const code_flow* flow) {
  const auto& form = c.request.form;
  if (!form.contains("phone") && keeps_a_form(form))
    co_return co_await show_form(
        c, phone_view(c, *flow, nullptr)); // From the log-in form's other button.
  if (c.request.refused)
    co_return co_await show_form(c, phone_view(c, *flow, &*c.request.refused));
  const auto made = co_await send_code_of(c, flow);
  const auto known = code_of(made);
  if (known == errc::step_up_required)
    co_return prove_first(flow->ask_phone.action);
  if (!made && known != errc::send_cooldown && known != errc::sms_pending)
    co_return co_await show_form(c, phone_view(c, *flow, &made.error()));
  auto phone = phone_as_understood(c);
  const auto before = sent_of(c.request, *flow);
  const bool own = made || (before.own && before.phone == phone);
  const sent_code sent{
      std::move(phone),
      c.env.clock()
          + (made ? c.env.settings.codes.resend_interval : made.error().retry_after),
      c.request.user(), own};
  result<answer> out{see_other(with_next(flow->ask_code.action, form))};
  if (keeps_a_form(form)) // A redirect would lose it.
    out = co_await show_form(c, code_view(c, *flow, sent, nullptr));
  if (!out)
    co_return out;
  out->headers.emplace_back("Set-Cookie", remember_sent(c, *flow, sent));
  if (made)
    give_asker(c.env, c.request, made->asker, *out);
  co_return out;
}

task<result<answer>> code_form(call c, const code_flow* flow) {
  const auto sent = sent_of(c.request, *flow);
  if (sent.phone.empty())
    co_return see_other(with_next(flow->ask_phone.action, sent_by(c.request)));
  co_return co_await show_form(c, code_view(c, *flow, sent, nullptr));
}

/// Where a code was sent is nobody's business any more.
answer done_with_code(const call& c, answer out) {
  out.headers.emplace_back("Set-Cookie", drop_cookie(sent_cookie, c.request.over_tls()));
  return out;
}

page_view code_again(const call& c, const code_flow& flow, const failure& why) {
  auto sent = sent_of(c.request, flow);
  if (const auto phone = c.request.form.find("phone"); phone != c.request.form.end())
    sent.phone = phone->second;
  return code_view(c, flow, sent, &why);
}

task<result<answer>> log_in_phone_form(call c) {
  co_return co_await show_form(c, phone_view(c, log_in_flow, nullptr));
}
task<result<answer>> reset_phone_form(call c) {
  co_return co_await show_form(c, phone_view(c, reset_flow, nullptr));
}
task<result<answer>> bind_phone_form(call c) {
  if (const auto proved = co_await find_own_proof(c);
      code_of(proved) == errc::step_up_required)
    co_return prove_first(bind_flow.ask_phone.action);
  co_return co_await show_form(c, phone_view(c, bind_flow, nullptr));
}
task<result<answer>> send_log_in_code(call c) {
  return send_by_form(c, &log_in_flow);
}
task<result<answer>> send_reset_code_by_form(call c) {
  return send_by_form(c, &reset_flow);
}
task<result<answer>> send_bind_code_by_form(call c) {
  return send_by_form(c, &bind_flow);
}
task<result<answer>> log_in_code_form(call c) {
  return code_form(c, &log_in_flow);
}
task<result<answer>> reset_code_form(call c) {
  return code_form(c, &reset_flow);
}
task<result<answer>> bind_code_form(call c) {
  return code_form(c, &bind_flow);
}

task<result<answer>> log_in_by_entered_code(call c) {
  if (c.request.refused)
    co_return co_await show_form(c, code_again(c, log_in_flow, *c.request.refused));
  const auto& in = c.request.fields;
  const auto tokens =
      co_await c.ask(c.env.actors.accounts,
                     log_in_by_code{in.text("phone"), in.text("code"), form_sender(c)});
  if (!tokens)
    co_return co_await show_form(c, code_again(c, log_in_flow, tokens.error()));
  co_return co_await open_in_browser(c, *tokens);
}

task<result<answer>> reset_by_entered_code(call c) {
  if (c.request.refused)
    co_return co_await show_form(c, code_again(c, reset_flow, *c.request.refused));
  const auto& in = c.request.fields;
  const auto set = co_await c.ask(c.env.actors.accounts,
                                  reset_password{in.text("phone"), in.text("code"),
                                                 in.text("password"), form_sender(c)});
  if (!set)
    co_return co_await show_form(c, code_again(c, reset_flow, set.error()));
  // There is no log-in by phone and password.
  const auto to = set->has_email ? std::string_view{"/login"} : judged_forms::log_in_code;
  auto out = see_other(c.request, std::string{to},
                       set->banned ? "password_changed_banned" : "password_changed");
  give_device(c.env, c.request, set->device, out);
  co_return done_with_code(c, std::move(out));
}

/// The session of the form was ended by the form, or by somebody else: the code is what
/// proves it.
task<result<answer>> reset_again(call c) {
  if (const auto ended = ended_session_of_form(c.env, c.request); !ended)
    co_return ended.error();
  co_return co_await reset_by_entered_code(c);
}

task<result<answer>> bind_by_entered_code(call c) {
  if (c.request.refused)
    co_return co_await show_form(c, code_again(c, bind_flow, *c.request.refused));
  const auto bound = co_await c.ask(c.env.actors.accounts, bind_of(c, form_sender(c)));
  if (code_of(bound) == errc::step_up_required)
    co_return prove_first(bind_flow.ask_code.action);
  if (!bound)
    co_return co_await show_form(c, code_again(c, bind_flow, bound.error()));
  co_return done_with_code(c, see_other(c.request, "/profile", "phone_bound"));
}

} // namespace

void forget_sent_code(const request_context& request, answer& into, user_id stays) {
  const auto all = cookies_of(request.raw, sent_cookie);
  const bool others = std::ranges::any_of(all, [stays](std::string_view cookie) {
    return stays == 0 || sent_in(cookie, purpose_bind_phone).asker != stays;
  });
  if (others)
    into.headers.emplace_back("Set-Cookie", drop_cookie(sent_cookie, request.over_tls()));
}

std::vector<route> code_page_routes() {
  using enum auth_need;
  constexpr auto codes = asked_actor::verification;
  constexpr auto accounts = asked_actor::accounts;
  auto reset = form_at("/password/new/enter", reset_by_entered_code, accounts,
                       "Sets a new password.", same_fields_as("/users/password/reset"));
  reset.sent_again = reset_again;
  return {
      page_at(judged_forms::log_in_code, log_in_phone_form,
              "Asks for the phone to log in by."),
      form_at(judged_forms::log_in_code, send_log_in_code, codes, "Sends a log-in code.",
              same_fields_as("/users/login_sms/code/send")),
      page_at("/login/code/enter", log_in_code_form, "Asks for the code."),
      form_at("/login/code/enter", log_in_by_entered_code, accounts, "Logs in by code.",
              same_fields_as("/users/login_sms")),
      page_at(judged_forms::reset_code, reset_phone_form,
              "Asks for the phone of the account."),
      form_at(judged_forms::reset_code, send_reset_code_by_form, codes,
              "Sends a code for a new password.",
              same_fields_as("/users/password/code/send")),
      page_at("/password/new/enter", reset_code_form, "Asks for code and new password."),
      std::move(reset),
      page_at(judged_forms::bind_code, bind_phone_form, "Asks for the phone to bind.",
              required),
      form_at(judged_forms::bind_code, send_bind_code_by_form, accounts,
              "Sends a code that binds a phone.",
              same_fields_as("/users/phone/code/send"), required),
      page_at("/profile/phone/enter", bind_code_form, "Asks for the code.", required),
      form_at("/profile/phone/enter", bind_by_entered_code, accounts, "Binds a phone.",
              same_fields_as("/users/phone/bind"), required),
  };
}

} // namespace tinybook::http
