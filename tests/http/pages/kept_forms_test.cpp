#include "actors/accounts/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "http/pages/page_routes.hpp"
#include "tests/http/pages/viewer.hpp"

#include <string>

/// What becomes of a form whose session has ended, or is another one now.
namespace tinybook::http::test {

namespace {

constexpr const char* typed_secret = "typed-secret-1357";

/// What is typed into the field of that name.
std::string typed_into(std::string_view name) {
  if (name == "phone")
    return "+8613800138000";
  if (name == "id")
    return "42";
  if (name == "code" || name.ends_with("assword"))
    return typed_secret;
  return "typed-" + std::string{name};
}

fields typed_into(const route& form) {
  fields all;
  for (const auto& field : form.body)
    all[std::string{field.name}] = typed_into(field.name);
  return all;
}

std::string with_an_id(std::string_view path) {
  std::string of{path};
  if (const auto at = of.find(":id"); at != std::string::npos)
    of.replace(at, 3, "42");
  return of;
}

} // namespace

TEST_CASE("pages: no form of another session is sent on by a single button") {
  int forms = 0;
  int buttons = 0;
  for (const auto& form : page_routes()) {
    if (form.method != "POST")
      continue;
    CAPTURE(form.path);
    api_world w;
    viewer member{w, true};
    const auto path = with_an_id(form.path);
    const auto typed = typed_into(form);
    const auto shown = member.send_expired(path, typed);
    CHECK(w.actors.asked_nothing());
    CHECK(shown->body.find(typed_secret) == std::string::npos);
    const bool is_button =
        typed.empty() || form.path == "/security/end" || typed.contains("like");
    if (is_button) {
      ++buttons;
      REQUIRE(shown->status == 303);
      CHECK(path.starts_with(location(shown)));
      CHECK(has(member.get("/login/code"), "Nothing was changed."));
      continue;
    }
    ++forms;
    CHECK(shown->status == 403);
    CHECK(has(shown, "belongs to another session"));
    CHECK_FALSE(has(shown, ">Send again<"));
    for (const auto& [name, text] : typed)
      if (text != typed_secret)
        CHECK_MESSAGE(has(shown, text), name);
  }
  CHECK(forms == 12);
  CHECK(buttons == 10);
}

TEST_CASE("pages: a button that has expired leads back to where it stands") {
  api_world w;
  viewer member{w, true};
  for (const auto& [pressed, page] : {std::pair{"/security/end", "/security"},
                                      {"/security/end_others", "/security"},
                                      {"/security/export", "/security"},
                                      {"/security/delete", "/security/delete"},
                                      {"/read/42/like", "/read/42"},
                                      {"/read/42/collect", "/read/42"},
                                      {"/write/42/withdraw", "/write/42"},
                                      {"/write/42/delete", "/write/42"},
                                      {"/logout", "/"}})
    CHECK_MESSAGE(location(member.send_expired(pressed)) == page, pressed);
}

TEST_CASE("pages: what outlived its session says what is sent, and in whose account") {
  api_world w;
  viewer visitor{w};
  const auto asked = visitor.send_expired(
      "/profile/edit", {{"nickname", "Typed <b>"}, {"aboutMe", std::string(300, 'x')}});
  REQUIRE(asked->status == 401);
  fields kept{{"email", "bob@example.org"},
              {"password", "wrong horse battery"},
              {"next", "/profile/edit"},
              {"kept.nickname", "Typed <b>"},
              {"kept.aboutMe", std::string(300, 'x')}};
  for (const auto& [name, value] : kept)
    CHECK_MESSAGE((name == "email" || name == "password" || has(asked, name)), name);
  const auto in = visitor.post(asked, "/login", kept);
  CHECK(in->status == 200);
  CHECK(has(in, "You are logged in as bob@example.org."));
  CHECK(has(in, "<dt>Name</dt><dd>Typed &lt;b&gt;</dd>"));
  CHECK(has(in, "<dd>" + std::string(99, 'x') + "…</dd>"));
  CHECK(has(in, R"(action="/profile/edit")"));
  CHECK(has(in, R"(href="/profile">Cancel)"));
  CHECK_FALSE(has(in, "wrong horse"));
  CHECK_FALSE(w.actors.last<edit_profile>());
}

TEST_CASE("pages: a code and a button are not kept for whoever logs in next") {
  api_world w;
  viewer visitor{w};
  for (const auto& [sent, goes_on] :
       {std::pair{"/security/prove", "/security/prove?next=%2Fsecurity%2Fdelete"},
        {"/security/end", "/security?next=%2Fsecurity%2Fdelete"},
        {"/security/prove/code", "/security/prove/code?next=%2Fsecurity%2Fdelete"},
        {"/profile/password", "/profile/password?next=%2Fsecurity%2Fdelete"},
        {"/profile/phone/enter", "/profile/phone/enter?next=%2Fsecurity%2Fdelete"}}) {
    const auto asked = visitor.send_expired(sent, {{"code", typed_secret},
                                                   {"password", typed_secret},
                                                   {"id", "other"},
                                                   {"phone", "+8613800138000"},
                                                   {"next", "/security/delete"}});
    CHECK(asked->status == 401);
    CHECK(has(asked, "Your session has ended, so nothing was changed."));
    CHECK_MESSAGE(has(asked, std::string{R"(name="next" value=")"} + goes_on + '"'),
                  asked->body);
    CHECK_FALSE(has(asked, "kept."));
    CHECK_FALSE(has(asked, typed_secret));
  }
}

TEST_CASE("pages: a form that there is no place for is shown again, a button is not") {
  api_world w([](auto& s) {
    s.http.max_in_flight_per_address = 1;
    s.http.deadline = std::chrono::milliseconds{200};
  });
  w.store.silent = true;
  REQUIRE(w.client().Get("/articles/pub/1")->status == 504); // It is owed still.
  viewer member{w, true};
  const auto shown = member.send_expired("/profile/edit", {{"nickname", "typed-nick"}});
  CHECK(shown->status == 429);
  CHECK(shown->get_header_value_count("Retry-After") == 1);
  CHECK(has(shown, R"(value="typed-nick")"));
  CHECK_FALSE(has(shown, ">Send again<"));
  const auto refused = member.send_expired("/security/end", {{"id", "other"}});
  CHECK(refused->status == 429);
  CHECK_FALSE(has(refused, "<button class=\"go"));
  CHECK(has(refused, R"(href="/security">Back to the page)"));
  CHECK(w.actors.asked_nothing());
}

TEST_CASE("pages: a kept form does not keep silent that a deletion is taken back") {
  for (const auto& [lang, said] :
       {std::pair{"en", "The deletion of your account is taken back."},
        std::pair{"zh-CN", "账号删除已撤销。"}})
    for (const bool restored : {true, false}) {
      api_world w;
      w.actors.answer<log_in>({7, "access", "refresh", "", restored});
      viewer visitor{w};
      visitor.lang = lang;
      const auto asked = visitor.send_expired("/profile/edit", {{"nickname", "Typed"}});
      const auto in = visitor.post(asked, "/login",
                                   {{"email", "bob@example.org"},
                                    {"password", "correct horse battery"},
                                    {"next", "/profile/edit"},
                                    {"kept.nickname", "Typed"}});
      CHECK(has(in, R"(action="/profile/edit")"));
      CHECK(has(in, said) == restored);
    }
}

} // namespace tinybook::http::test
