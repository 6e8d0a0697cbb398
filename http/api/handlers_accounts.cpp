#include "actors/accounts/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"
#include "storage/reading_commands.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> sign_up_user(call c) {
  const auto& in = c.request.fields;
  auto made =
      co_await c.ask(c.env.actors.accounts,
                     sign_up{in.text("email"), in.text("password"),
                             in.text("confirmPassword"), client_of(c.env, c.request)});
  if (!made)
    co_return std::move(made.error());
  co_return success_object(c.request,
                           [&](json_writer& w) { w.member("userId", made->user); });
}

task<result<answer>> show_profile(call c) {
  auto found = co_await c.read(storage::find_profile{c.request.user()});
  if (!found)
    co_return std::move(found.error());
  // Existing clients read this one bare, with these names.
  answer out;
  json_writer(out.body)
      .begin_object()
      .member("Email", found->email)
      .member("Phone", found->phone)
      .member("Nickname", found->nickname)
      .member("Birthday", found->birthday)
      .member("AboutMe", found->about_me)
      .end_object();
  co_return out;
}

task<result<answer>> change_profile(call c) {
  const auto& in = c.request.fields;
  auto edited = co_await c.ask(c.env.actors.accounts,
                               edit_profile{c.request.user(), in.given("nickname"),
                                            in.given("birthday"), in.given("aboutMe")});
  if (!edited)
    co_return std::move(edited.error());
  co_return success(c.request);
}

constexpr schema_member signed_up_members[] = {{"userId", schema::id(1)}};
constexpr schema signed_up_schema = schema::object(signed_up_members).named("SignedUp");

constexpr schema_member profile_members[] = {
    {"Email", schema::text("ann@example.org").says("Empty = none.")},
    {"Phone", schema::text("+8613800138000").says("E.164; empty = none.")},
    {"Nickname", schema::text("Ann")},
    {"Birthday",
     schema::matching(date_or_empty_pattern, "2000-02-29").says("Empty = not told.")},
    {"AboutMe", schema::text("Writes about the sea.")}};
constexpr schema profile_schema = schema::object(profile_members).named("Profile");

} // namespace

std::vector<route> account_routes() {
  return {
      {.method = "POST",
       .path = "/users/signup",
       .asks = asked_actor::accounts,
       .handle = sign_up_user,
       .summary = "Signs up with e-mail and password.",
       .done = {"Welcome! You can log in now.", "注册成功，现在可以登录了。"},
       .body = {email_field,
                new_password_field,
                {.name = "confirmPassword",
                 .alias = "confirm_password",
                 .secret = true,
                 .means = field_meaning::new_password}},
       .deadline = deadline_kind::login,
       .takes_verdict_token = true,
       .promised = {.id = "signUp",
                    .data = &signed_up_schema,
                    .errors = {errc::email_taken, errc::verdict_denied}}},
      {.method = "GET",
       .path = "/users/profile",
       .auth = auth_need::required,
       .asks = asked_actor::store,
       .handle = show_profile,
       .summary = "The profile of who asks.",
       .promised = {.id = "getProfile",
                    .data = &profile_schema,
                    .bare = true,
                    .errors = {errc::user_not_found}}},
      {.method = "POST",
       .path = "/users/edit",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = change_profile,
       .summary = "Changes what is sent of the profile; null or \"\" clears it.",
       .done = {"Your profile has been saved.", "资料已保存。"},
       .body = {{.name = "nickname",
                 .needed = presence::clearable,
                 .means = field_meaning::nickname},
                {.name = "birthday",
                 .needed = presence::clearable,
                 .means = field_meaning::birthday},
                {.name = "aboutMe",
                 .type = field_type::text,
                 .needed = presence::clearable,
                 .means = field_meaning::about_me}},
       .promised = {.id = "editProfile", .errors = {errc::user_not_found}}},
  };
}

} // namespace tinybook::http
