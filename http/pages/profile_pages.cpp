#include "actors/accounts/messages.hpp"
#include "http/api/respond.hpp"
#include "http/pages/browser_session.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/security_views.hpp"
#include "storage/reading_commands.hpp"

namespace tinybook::http {

namespace {

constexpr auto profile_fields = std::to_array<form_field>({{.name = "nickname",
                                                            .label = "nickname",
                                                            .hint = "nickname_hint",
                                                            .autocomplete = "nickname"},
                                                           {.name = "birthday",
                                                            .label = "birthday",
                                                            .hint = "birthday_hint",
                                                            .autocomplete = "bday",
                                                            .optional = true},
                                                           {.name = "aboutMe",
                                                            .label = "about_me",
                                                            .hint = "about_me_hint",
                                                            .optional = true,
                                                            .textarea = true}});
constexpr form_plan profile_plan{.action = "/profile/edit",
                                 .title = "edit_profile_title",
                                 .submit = "save",
                                 .fields = profile_fields};

constexpr auto password_fields =
    std::to_array<form_field>({{.name = "oldPassword",
                                .label = "old_password",
                                .type = "password",
                                .autocomplete = "current-password"},
                               new_password_input});
constexpr form_plan password_plan{.action = "/profile/password",
                                  .title = "change_password_title",
                                  .intro = "change_password_ends",
                                  .submit = "change_password",
                                  .fields = password_fields};

answer show_profile_form(const call& c, const form_plan& plan, const form_values& typed,
                         const failure* why) {
  page_view view(c.env, c.request, plan.title);
  fill_form(view, plan, typed, why);
  auto links = page_list();
  add_link(links, "/profile", view.text("cancel"));
  view.data.set("links", links);
  return view.show("form");
}

void add_row(page_view& view, page_data& rows, std::string_view term,
             const std::string& value) {
  page_data row;
  set_text(row, "term", view.text(term));
  set_text(row, "value", value);
  row.set("missing", value.empty());
  rows.push_back(row);
}

task<result<answer>> profile_page(call c) {
  auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return std::move(found.error());
  page_view view(c.env, c.request, "profile_title");
  set_text(view.data, "heading", view.text("profile_title"));
  auto rows = page_list();
  add_row(view, rows, "nickname", found->nickname);
  add_row(view, rows, "email", found->email);
  add_row(view, rows, "phone", found->phone);
  add_row(view, rows, "birthday", found->birthday);
  add_row(view, rows, "about_me", found->about_me);
  view.data.set("rows", rows);
  add_password_link(view, *found);
  co_return view.show("profile");
}

task<result<answer>> edit_profile_form(call c) {
  auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return std::move(found.error());
  co_return show_profile_form(c, profile_plan,
                              {{"nickname", found->nickname},
                               {"birthday", found->birthday},
                               {"aboutMe", found->about_me}},
                              nullptr);
}

task<result<answer>> edit_profile_by_form(call c) {
  if (c.request.refused)
    co_return show_profile_form(c, profile_plan, c.request.form, &*c.request.refused);
  const auto& in = c.request.fields;
  const auto edited = co_await c.ask(
      c.env.actors.accounts, edit_profile{c.request.user(), in.given("nickname"),
                                          in.given("birthday"), in.given("aboutMe")});
  if (!edited)
    co_return show_profile_form(c, profile_plan, c.request.form, &edited.error());
  co_return see_other(c.request, "/profile", "profile_saved");
}

/// Who has only ever logged in by codes has no old password to give.
task<result<answer>> change_password_form(call c) {
  const auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return found.error();
  if (!found->has_password) {
    page_view view(c.env, c.request, password_plan.title);
    set_text(view.data, "heading", view.text(password_plan.title));
    set_text(view.data, "text", view.text("no_password"));
    auto links = page_list();
    add_link(links, judged_forms::reset_code, view.text("choose_password"));
    add_link(links, "/profile", view.text("cancel"));
    view.data.set("links", links);
    co_return view.show("message");
  }
  co_return show_profile_form(c, password_plan, {}, nullptr);
}

answer password_changed(const call& c, const token_pair& tokens) {
  auto out = see_other(c.request, "/security", "password_changed");
  out.headers.emplace_back("Set-Cookie", keep_session(c.env, c.request, tokens));
  give_device(c.env, c.request, tokens.device, out);
  return out;
}

task<result<answer>> change_password_by_form(call c) {
  if (c.request.refused)
    co_return show_profile_form(c, password_plan, {}, &*c.request.refused);
  const auto& in = c.request.fields;
  const auto tokens = co_await c.ask(
      c.env.actors.accounts,
      change_password{c.request.user(), c.request.session->family, in.text("oldPassword"),
                      in.text("password"), form_sender(c)});
  if (!tokens)
    co_return show_profile_form(c, password_plan, {}, &tokens.error());
  co_return password_changed(c, *tokens);
}

/// The session of the form was ended by the form.
task<result<answer>> change_password_again(call c) {
  const auto ended = ended_session_of_form(c.env, c.request);
  if (!ended)
    co_return errc::login_required;
  auto by = form_sender(c);
  const auto tokens = co_await c.ask(
      c.env.actors.sessions,
      find_opened_session{ended->user_id, std::move(by.device), std::move(by.once)});
  if (!tokens || tokens->banned)
    co_return errc::login_required;
  co_return password_changed(c, *tokens);
}

} // namespace

std::vector<route> profile_page_routes() {
  using enum auth_need;
  auto change = form_at("/profile/password", change_password_by_form,
                        asked_actor::accounts, "Changes the password.",
                        same_fields_as("/users/password/change"), required);
  change.sent_again = change_password_again;
  return {
      page_at("/profile", profile_page, "The own profile.", required, asked_actor::store),
      page_at("/profile/edit", edit_profile_form, "The form of the profile.", required,
              asked_actor::store),
      form_at("/profile/edit", edit_profile_by_form, asked_actor::accounts,
              "Saves the profile.", same_fields_as("/users/edit"), required),
      page_at("/profile/password", change_password_form, "The form for a new password.",
              required, asked_actor::store),
      std::move(change),
  };
}

} // namespace tinybook::http
