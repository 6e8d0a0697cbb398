#include "actors/accounts/messages.hpp"
#include "actors/codes/messages.hpp"
#include "config/loader.hpp"
#include "http/pages/forms.hpp"
#include "http/pages/page_routes.hpp"
#include "tests/http/pages/viewer.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The operator's widget on the pages that lead to a question to their endpoint.
namespace tinybook::http::test {

namespace {

constexpr auto plain_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr auto element = R"(<div class="cf-turnstile" data-sitekey="0x4AAA_-b"></div>)";
constexpr auto script_tag =
    R"(<script src="https://w.example:8443/api.js?a=1&amp;b" async defer></script>)";
constexpr auto token_field = "cf-turnstile-response";

void with_widget(config::settings& s) {
  s.abuse.widget_script = "https://w.example:8443/api.js?a=1&b";
  s.abuse.widget_class = "cf-turnstile";
  s.abuse.widget_site_key = "0x4AAA_-b";
  s.abuse.widget_field = token_field;
  s.abuse.widget_sources = {"https://*.w.example", "https://p.example/parts/"};
}

std::string policy_of(const httplib::Result& page) {
  return page->get_header_value("Content-Security-Policy");
}

void check_widget(const httplib::Result& page) {
  CHECK(count(page, element) == 1);
  CHECK(count(page, script_tag) == 1);
  CHECK(count(page, "<noscript>") == 1);
  CHECK(policy_of(page) != plain_policy);
}

void check_plain(const httplib::Result& page) {
  for (const auto* part : {"cf-turnstile", "data-sitekey", "w.example", "<noscript>"})
    CHECK_MESSAGE(!has(page, part), part);
  CHECK(page->body.find("<script") == page->body.rfind("<script"));
  CHECK(policy_of(page) == plain_policy);
}

const fields ann{{"email", "ann@example.org"},
                 {"password", "correct horse"},
                 {"confirmPassword", "correct horse"}};
const fields phone{{"phone", "+8613800138000"}};

fields with_token(fields form, const std::string& token) {
  form[token_field] = token;
  return form;
}

failure denied_with(const std::string& text) {
  failure denied{errc::verdict_denied};
  denied.text = text;
  return denied;
}

} // namespace

TEST_CASE("pages: a widget stands in the forms that lead to a send or a sign-up, and its "
          "origins are allowed on those pages alone") {
  api_world w{with_widget};
  viewer visitor{w};
  viewer member{w, true};
  for (const auto* path : {"/signup", "/login/code", "/password/new"})
    check_widget(visitor.get(path));
  for (const auto* path : {"/profile/phone", "/security/prove/code"})
    check_widget(member.get(path));
  CHECK(
      policy_of(visitor.get("/signup"))
      == "default-src 'none'; style-src 'self' https://w.example:8443 "
         "https://*.w.example https://p.example/parts/; script-src 'self' "
         "https://w.example:8443 https://*.w.example https://p.example/parts/; "
         "connect-src 'self' https://w.example:8443 https://*.w.example "
         "https://p.example/parts/; img-src 'self' https:; form-action 'self'; base-uri "
         "'none'; frame-ancestors 'none'; frame-src https://w.example:8443 "
         "https://*.w.example https://p.example/parts/");
  // The next step offers to send again.
  const auto code = visitor.send("/login/code", "/login/code", phone);
  CHECK(code->status == 303);
  check_widget(visitor.get("/login/code/enter"));
  for (const auto* path : {"/", "/login", "/ranking", "/read/1", "/no-such-page"})
    check_plain(visitor.get(path));
  for (const auto* path :
       {"/profile", "/profile/edit", "/profile/password", "/security", "/mine"})
    check_plain(member.get(path));
}

TEST_CASE("pages: where a password is typed the widget stands on the sign-up alone") {
  api_world w{with_widget};
  viewer visitor{w};
  viewer member{w, true};
  const auto prove = member.get("/security/prove?next=/profile");
  check_plain(prove);
  CHECK(has(prove, R"(href="/security/prove/code?next=%2Fprofile")"));
  const auto asked = member.get("/security/prove/code?next=%2Fprofile");
  check_widget(asked);
  CHECK_FALSE(has(asked, R"(type="password")"));
  CHECK(has(asked, R"(name="next" value="/profile")"));
  // Another code for a new password is asked for where the first was.
  CHECK(visitor.send("/password/new", "/password/new", phone)->status == 303);
  const auto entered = visitor.get("/password/new/enter");
  check_plain(entered);
  CHECK(has(entered, R"(type="password")"));
  CHECK(has(entered, R"(<a href="/password/new">Send a new code</a>)"));
  CHECK_FALSE(has(entered, "data-wait"));
  const auto again = visitor.get("/password/new");
  check_widget(again);
  CHECK(has(again, R"(value="+8613800138000")"));
  // Without a widget both are offered on the same page.
  api_world plain;
  viewer other{plain};
  CHECK(has(viewer{plain, true}.get("/security/prove"),
            R"(method="post" action="/security/prove/code")"));
  CHECK(other.send("/password/new", "/password/new", phone)->status == 303);
  CHECK(has(other.get("/password/new/enter"), "data-wait"));
}

TEST_CASE("pages: the endpoint is told in which language its words are read") {
  api_world w{with_widget};
  viewer visitor{w};
  const auto told = [&](const std::string& lang) {
    visitor.lang = lang;
    CHECK(visitor.send("/signup", "/signup", ann)->status == 303);
    return w.actors.last<sign_up>()->client.language;
  };
  CHECK(told("fr, zh;q=0.5") == "zh-CN");
  CHECK(told("fr") == "en");
  visitor.cookies += "; tb_lang=zh-CN"; // As chosen on the page.
  CHECK(told("en") == "zh-CN");
  CHECK(w.client()
            .Post("/users/login_sms/code/send", {{"Accept-Language", "zh-TW"}},
                  R"({"phone":"+8613800138000"})", "application/json")
            ->status
        == 200);
  CHECK(w.actors.last<send_code>()->client.language == "zh-CN");
}

TEST_CASE("pages: each form that is judged has a route that takes the widget's token") {
  std::set<std::string_view> taking;
  for (const auto& one : page_routes())
    if (one.takes_verdict_token)
      taking.insert(one.path);
  CHECK(
      taking
      == std::set<std::string_view>(judged_forms::all.begin(), judged_forms::all.end()));
}

TEST_CASE("pages: without a widget they are as they were") {
  api_world w;
  viewer visitor{w};
  viewer member{w, true};
  for (const auto* path : {"/signup", "/login/code", "/password/new"})
    check_plain(visitor.get(path));
  for (const auto* path : {"/profile/phone", "/security/prove", "/security/prove/code"})
    check_plain(member.get(path));
  // Whatever somebody sends.
  CHECK(visitor.send("/signup", "/signup", with_token(ann, "t"))->status == 303);
  CHECK(w.actors.last<sign_up>()->client.verdict_token.empty());
}

TEST_CASE("pages: what the widget's script fills in goes to who asks the endpoint, and "
          "is no part of the form any more") {
  api_world w{with_widget};
  viewer visitor{w};
  viewer member{w, true};
  CHECK(visitor.send("/signup", "/signup", with_token(ann, "a b\"c&d"))->status == 303);
  CHECK(w.actors.last<sign_up>()->client.verdict_token == "a b\"c&d");
  CHECK(visitor.send("/signup", "/signup", ann)->status == 303);
  CHECK(w.actors.last<sign_up>()->client.verdict_token.empty());
  const std::string longest(4096, 'x');
  for (const auto* path : {"/login/code", "/password/new"}) {
    CHECK(visitor.send(path, path, with_token(phone, longest + path))->status == 400);
    const auto fits = longest.substr(std::string{path}.size()) + path;
    CHECK(visitor.send(path, path, with_token(phone, fits))->status == 303);
    CHECK(w.actors.last<send_code>()->client.verdict_token == fits);
  }
  CHECK(member.send("/profile/phone", "/profile/phone", with_token(phone, "mine"))->status
        == 303);
  CHECK(w.actors.last<send_own_code>()->client.verdict_token == "mine");
  CHECK(member.send("/security/prove", "/security/prove/code", {{token_field, "proof"}})
            ->status
        == 303);
  CHECK(w.actors.last<send_own_code>()->client.verdict_token == "proof");
}

TEST_CASE("pages: a token that is too long is said at the widget, and not shown again") {
  api_world w{with_widget};
  viewer visitor{w};
  viewer member{w, true};
  const std::string token(4097, 'x');
  for (const auto& page :
       {visitor.send("/signup", "/signup", with_token(ann, token)),
        visitor.send("/login/code", "/login/code", with_token(phone, token)),
        member.send("/security/prove", "/security/prove/code", {{token_field, token}})}) {
    CHECK(page->status == 400);
    CHECK(has(page, R"(<a href="#f-cf-turnstile-response">Check against abuse: )"));
    CHECK(has(page, R"(id="f-cf-turnstile-response")"));
    CHECK(has(page, "4096"));
    CHECK_FALSE(has(page, "xxxx"));
    check_widget(page);
  }
  CHECK_FALSE(w.actors.last<sign_up>());
  CHECK_FALSE(w.actors.last<send_code>());
  CHECK_FALSE(w.actors.last<send_own_code>());
}

TEST_CASE("pages: a denial is said at the widget in the operator's own words") {
  api_world w{with_widget};
  w.actors.fail = [] {
    return denied_with("Solve <b>it</b>.");
  };
  viewer visitor{w};
  viewer member{w, true};
  for (const auto& page : {visitor.send("/signup", "/signup", ann),
                           visitor.send("/login/code", "/login/code", phone),
                           member.send("/profile/phone", "/profile/phone", phone),
                           member.send("/security/prove", "/security/prove/code", {})}) {
    CHECK(page->status == 403);
    CHECK(has(page, R"(<a href="#f-cf-turnstile-response">Check against abuse: Solve )"));
    CHECK(has(page, "</span>Solve &lt;b&gt;it&lt;/b&gt;.</p>"));
    CHECK_FALSE(has(page, "<b>it"));
    check_widget(page);
  }
  CHECK(has(visitor.send("/signup", "/signup", ann), R"(value="ann@example.org")"));
}

TEST_CASE("pages: a denial without a widget is said above the form") {
  api_world w;
  w.actors.fail = [] {
    return denied_with("We know you.");
  };
  const auto page = viewer{w}.send("/signup", "/signup", ann);
  CHECK(page->status == 403);
  CHECK(has(page, "<h2>We know you.</h2>"));
  check_plain(page);
}

TEST_CASE(
    "pages: a form that is sent once more has a widget of its own, and no used token") {
  api_world w{with_widget};
  viewer visitor{w};
  visitor.get("/login/code");
  // Its token is of another session.
  auto other = viewer{w}.get("/login/code");
  const auto again = visitor.post(other, "/login/code", with_token(phone, "used-token"));
  CHECK(has(again, R"(<form class="stack" method="post" action="/login/code")"));
  CHECK(has(again, R"(name="phone" value="+8613800138000")"));
  CHECK_FALSE(has(again, "used-token"));
  check_widget(again);
  // What is kept for a log-in keeps none either.
  const auto kept =
      visitor.send("/login/code", "/profile/phone", with_token(phone, "used-token"));
  CHECK(has(kept, R"(name="kept.phone")"));
  CHECK_FALSE(has(kept, "used-token"));
  check_plain(kept);
}

TEST_CASE("pages: who runs no scripts is told what to do, in both languages") {
  api_world w{with_widget};
  viewer visitor{w};
  CHECK(has(visitor.get("/signup"), "Please allow JavaScript for this site"));
  visitor.lang = "zh-CN";
  CHECK(has(visitor.get("/signup"), "请为本站启用 JavaScript"));
}

TEST_CASE("pages: no field of a form that holds the widget may be taken for its own") {
  int looked_at = 0;
  for (const auto& form : page_routes()) {
    if (!form.takes_verdict_token)
      continue;
    std::vector<std::string> names{"csrf", "next", "kept.phone"};
    for (const auto& field : form.body)
      names.emplace_back(field.name);
    for (const auto& name : names) {
      const auto loaded = config::load(
          {{},
           {},
           {"abuse.widget_field=" + name, "abuse.widget_script=https://w.example/"}});
      std::string errors;
      for (const auto& error : loaded.errors)
        errors += error.text() + '\n';
      CHECK_MESSAGE(errors.find("no field of the forms themselves") != std::string::npos,
                    name);
      ++looked_at;
    }
  }
  CHECK(looked_at > 15);
}

} // namespace tinybook::http::test
