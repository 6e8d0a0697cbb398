#include "actors/codes/code_purposes.hpp"
#include "http/api/own_account.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/log_in_form.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/security_views.hpp"
#include "http/text_tools.hpp"
#include "storage/reading_commands.hpp"
#include "storage/support/text.hpp"

/// Who asks proves once more who they are, and goes on with `next`.
namespace tinybook::http {

namespace {

constexpr auto proof_fields =
    std::to_array<form_field>({{.name = "password",
                                .label = "password",
                                .type = "password",
                                .autocomplete = "current-password"}});
constexpr form_plan password_proof{.action = "/security/prove",
                                   .title = "prove_title",
                                   .intro = "prove_intro",
                                   .submit = "prove_submit",
                                   .fields = proof_fields};
constexpr auto proof_code_fields = std::to_array<form_field>({code_input});
constexpr form_plan code_proof{.action = "/security/prove",
                               .title = "prove_title",
                               .submit = "prove_submit",
                               .fields = proof_code_fields};
/// Its only button sends the code.
constexpr form_plan sending_proof{.action = judged_forms::proof_code,
                                  .title = "prove_title",
                                  .intro = "prove_intro",
                                  .submit = "prove_send_code",
                                  .fields = {}};

page_view proof_view(const call& c, const form_plan& plan, const failure* why) {
  page_view view(c.env, c.request, plan.title);
  const auto sent = sent_by(c.request);
  fill_form(view, plan, {}, why);
  view.data.set("hidden", carried(sent));
  auto links = page_list();
  add_link(links, "/security", view.text("cancel"));
  view.data.set("links", links);
  return view;
}

/// By what the account has: its password, a code to its phone, or either. The operator's
/// widget, which is a script of others, stands on no page where a password is typed.
task<result<answer>> show_proof(call c, const failure* why) {
  const auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return found.error();
  auto view = proof_view(c, found->has_password ? password_proof : sending_proof, why);
  if (found->has_password && !found->phone.empty()) {
    const auto text = view.text("prove_code_instead", {mask_phone(found->phone)});
    page_data other;
    set_text(other, "text", text);
    if (has_widget(c.env)) {
      set_text(other, "href", with_next(sending_proof.action, sent_by(c.request)));
      view.data.set("other_page", other);
    } else {
      set_text(other, "action", sending_proof.action);
      view.data.set("other_way", other);
    }
  }
  co_return view.show("form");
}

answer show_sending(const call& c, const failure* why) {
  return proof_view(c, sending_proof, why).show("form");
}

task<result<answer>> show_code(call c, const failure* why) {
  const auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return found.error();
  if (found->phone.empty())
    co_return prove_first(sent_value(sent_by(c.request), next_field));
  auto view = proof_view(c, code_proof, why);
  set_section(view.data, "intro", "text",
              view.text("code_asked", {mask_phone(found->phone)}));
  page_data resend;
  set_text(resend, "action", sending_proof.action);
  resend.set("hidden", carried(sent_by(c.request)));
  set_text(resend, "wait", "0");
  view.add_widget(resend);
  view.data.set("resend", resend);
  co_return view.show("form");
}

task<result<answer>> prove_page(call c) {
  return show_proof(c, nullptr);
}

task<result<answer>> send_proof_page(call c) {
  co_return show_sending(c, nullptr);
}

task<result<answer>> prove_code_page(call c) {
  return show_code(c, nullptr);
}

task<result<answer>> show_refused(call c, failure why) {
  if (c.request.form.contains("code"))
    co_return co_await show_code(c, &why);
  co_return co_await show_proof(c, &why);
}

task<result<answer>> prove_by_form(call c) {
  if (c.request.refused)
    co_return co_await show_refused(c, *c.request.refused);
  const auto& in = c.request.fields;
  if (in.text("password").empty() && in.text("code").empty())
    co_return co_await show_refused(
        c, field_error{c.request.form.contains("code") ? "code" : "password",
                       field_rule::required});
  const auto proved =
      co_await c.ask(c.env.actors.accounts, step_up_by(c, form_sender(c)));
  if (!proved)
    co_return co_await show_refused(c, proved.error());
  const auto next = sent_value(c.request.form, next_field);
  co_return see_other(c.request, next.empty() ? "/security" : own_path(next), "proved");
}

/// Where one is on its way already, it can be entered while it is said when the next may
/// be had.
task<result<answer>> send_proof_code(call c) {
  if (c.request.refused)
    co_return show_sending(c, &*c.request.refused);
  const auto sent = co_await c.ask(c.env.actors.accounts, own_code(c, purpose_step_up));
  const auto why = code_of(sent);
  if (why == errc::send_cooldown || why == errc::sms_pending)
    co_return co_await show_code(c, &sent.error());
  if (!sent)
    co_return show_sending(c, &sent.error());
  auto out = see_other(with_next("/security/prove/enter", c.request.form));
  give_asker(c.env, c.request, sent->asker, out);
  co_return out;
}

} // namespace

answer prove_first(std::string_view next) {
  return see_other("/security/prove?next=" + percent_encode(next));
}

task<result<done>> find_own_proof(call c) {
  co_return co_await c.read(storage::find_proof{
      c.request.user(),
      {c.request.session->family, c.env.clock() - c.env.settings.accounts.step_up}});
}

std::vector<route> prove_page_routes() {
  using enum auth_need;
  return {
      page_at("/security/prove", prove_page, "Asks once more who it is.", required,
              asked_actor::store),
      form_at("/security/prove", prove_by_form, asked_actor::accounts,
              "Proves who it is.", same_fields_as("/users/step_up"), required),
      page_at(sending_proof.action, send_proof_page,
              "Asks whether to send a code for it.", required),
      form_at(sending_proof.action, send_proof_code, asked_actor::accounts,
              "Sends a code to prove it by.", {}, required),
      page_at("/security/prove/enter", prove_code_page, "Asks for that code.", required),
  };
}

} // namespace tinybook::http
