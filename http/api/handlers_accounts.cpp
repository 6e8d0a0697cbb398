#include "actors/accounts/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
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

} // namespace

std::vector<route> account_routes() {
  return {
      {.method = "POST",
       .path = "/users/signup",
       .asks = asked_actor::accounts,
       .handle = sign_up_user,
       .summary = "Signs up with e-mail and password.",
       .done = {"Welcome! You can log in now.", "注册成功，现在可以登录了。"},
       .body = {{.name = "email", .secret = true},
                {.name = "password", .secret = true},
                {.name = "confirmPassword", .alias = "confirm_password", .secret = true}},
       .deadline = deadline_kind::login},
      {.method = "GET",
       .path = "/users/profile",
       .auth = auth_need::required,
       .asks = asked_actor::store,
       .handle = show_profile,
       .summary = "The profile of who asks."},
      {.method = "POST",
       .path = "/users/edit",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = change_profile,
       .summary = "Changes what is sent of the profile; null or \"\" clears it.",
       .done = {"Your profile has been saved.", "资料已保存。"},
       .body = {{.name = "nickname", .needed = presence::clearable},
                {.name = "birthday", .needed = presence::clearable},
                {.name = "aboutMe",
                 .type = field_type::text,
                 .needed = presence::clearable}}},
  };
}

} // namespace tinybook::http
