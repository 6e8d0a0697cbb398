#include "tests/blackbox/pages_world.hpp"

#include <future>

namespace tinybook::test {

namespace {

/// Access tokens that expire at once: each page renews the session.
struct short_sessions : pages_world {
  short_sessions()
      : pages_world({"--set", "sessions.access_lifetime=1s", "--set",
                     "sessions.refresh_grace=1s"}) {}
};

} // namespace

TEST_CASE_FIXTURE(pages_world, "pages: sign-up logs in, and twice is as good as once") {
  auto b = visitor();
  const auto form = b.get("/signup");
  CHECK(form.status == 200);
  const std::map<std::string, std::string> typed{{"email", "ann@example.org"},
                                                 {"password", "correct horse"},
                                                 {"confirmPassword", "correct horse"}};
  auto page = b.send(form, "/signup", typed);
  CHECK(page.path == "/");
  CHECK(page.has("action=\"/logout\""));
  CHECK(page.has("Welcome to tinybook."));
  CHECK_FALSE(b.get("/").has("Welcome to tinybook."));
  auto second = visitor();
  second.cookies["tb_form"] = b.cookies.at("tb_form");
  CHECK(second.send(form, "/signup", typed).has("action=\"/logout\""));

  const auto other_tab = page;
  page = b.send(page, "/logout");
  CHECK(page.has("You are logged out."));
  CHECK(page.header("Cache-Control") == "no-store");
  CHECK_FALSE(b.get("/").has("You are logged out."));             // It is told once,
  CHECK_FALSE(visitor().get("/").has("You are logged out."));     // to nobody else,
  CHECK_FALSE(b.get("/?done=logged_out").has("role=\"status\"")); // and by no link.
  b.cookies["tb_done"] = "no_such_thing";
  CHECK_FALSE(b.get("/").has("role=\"status\""));
  page = b.send(other_tab, "/logout");
  CHECK(page.has("You are logged out."));
  CHECK_FALSE(page.has("action=\"/logout\""));
  CHECK_FALSE(b.cookies.contains("tb_session"));
}

TEST_CASE_FIXTURE(pages_world, "pages: what is wrong is said at the field, and is kept") {
  auto b = visitor();
  const auto page =
      b.send(b.get("/signup"), "/signup",
             {{"email", "<ann>"}, {"password", "short"}, {"confirmPassword", "other"}});
  CHECK(page.status == 400);
  CHECK(page.has("<title>Error: "));
  CHECK(page.has("href=\"#f-email\""));
  CHECK(page.has("aria-invalid=\"true\""));
  CHECK(page.has("value=\"&lt;ann&gt;\""));
  CHECK_FALSE(page.has("short"));
  b.more.emplace("Accept-Language", "zh-CN");
  CHECK(b.get("/signup").has("<html lang=\"zh-CN\">"));
  CHECK(b.get("/language/en?to=/signup").has("<html lang=\"en\">")); // The cookie wins.
}

TEST_CASE_FIXTURE(pages_world, "pages: a code logs in, and goes on where one wanted to") {
  auto b = visitor();
  auto page = b.get("/write");
  CHECK(page.path == "/login?next=/write"); // As the library decodes headers.
  page = b.get("/login/code?next=%2Fwrite");
  page = b.send(page, "/login/code", {{"phone", "138 0013 8000"}});
  CHECK(page.status == 200);
  CHECK(page.has("autocomplete=\"one-time-code\""));
  CHECK(page.has("sent to +86 138 0013 8000.")); // As it was understood.
  CHECK(page.path.find("138") == std::string::npos);
  // Once more is answered in the same way: the code is on its way.
  CHECK(b.send(b.get("/login/code"), "/login/code", {{"phone", "138 0013 8000"}})
            .has("one-time-code"));
  page = b.get("/login/code/enter?next=%2Fwrite");
  const auto code = code_for("+8613800138000");
  CHECK(b.send(page, "/login/code/enter",
               {{"code", code == "000000" ? "000001" : "000000"}})
            .status
        == 401);
  page = b.send(page, "/login/code/enter",
                {{"code", code.substr(0, 3) + " " + code.substr(3)}});
  CHECK(page.path.starts_with("/write?key="));
  CHECK(page.has("action=\"/write\""));
}

TEST_CASE_FIXTURE(pages_world, "pages: after too many wrong codes one needs a new one") {
  auto b = visitor();
  auto page = b.send(b.get("/login/code"), "/login/code", {{"phone", "13800138003"}});
  const std::string wrong = code_for("+8613800138003") == "000000" ? "000001" : "000000";
  for (int tries = 0; tries < 20 && page.status != 429; ++tries)
    page = b.send(page, "/login/code/enter", {{"code", wrong}});
  CHECK(page.status == 429);
  CHECK(page.has("ask for a new code."));
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: a log-in form outlives the log-in of another tab") {
  auto b = member("tab");
  b.cookies.clear();
  const auto form = b.get("/login");
  const std::map<std::string, std::string> typed{{"email", "tab@example.org"},
                                                 {"password", "correct horse"}};
  CHECK(b.send(form, "/login", typed).path == "/");
  CHECK(b.send(form, "/login", typed).has("Welcome to tinybook."));
  CHECK(b.get("/nothing-here").has("action=\"/logout\""));
  // A form of another browser is shown again, since the password has to be typed anew.
  auto other = visitor();
  const auto page = other.send(form, "/login", typed);
  CHECK(page.status == 403);
  CHECK(page.has("tab@example.org"));
  CHECK(page.form("/login").fields.contains("password"));
  CHECK(other.send(page, "/login", typed).has("action=\"/logout\""));
  // Nor does a log-out spoil it: the password is a proof each time.
  b.send(b.get("/"), "/logout");
  CHECK(b.send(form, "/login", typed).has("action=\"/logout\""));
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: a code that is entered by a double click logs in") {
  auto b = visitor();
  const auto form =
      b.send(b.get("/login/code"), "/login/code", {{"phone", "13800138002"}});
  const auto code = code_for("+8613800138002");
  auto lost = b; // Its answer is dropped, with the cookie in it.
  CHECK(lost.send(form, "/login/code/enter", {{"code", code}}).path == "/");
  auto page = b.send(form, "/login/code/enter", {{"code", code}});
  CHECK(page.path == "/");
  CHECK(b.get("/profile").has("+8613800138002"));
  // It has no password that could be asked for.
  page = b.get("/profile/password");
  CHECK(page.has("href=\"/password/new\""));
  CHECK_FALSE(page.has("oldPassword"));
  CHECK_FALSE(b.get("/security").has("/profile/password"));
  // A code is a proof once.
  b.send(b.get("/"), "/logout");
  CHECK(b.send(form, "/login/code/enter", {{"code", code}}).status == 401);
  CHECK_FALSE(b.cookies.contains("tb_session"));
}

TEST_CASE_FIXTURE(
    pages_world, "pages: the browser of a new password by code is known to the account") {
  auto b = visitor();
  b.send(b.send(b.get("/login/code"), "/login/code", {{"phone", "13800138003"}}),
         "/login/code/enter", {{"code", code_for("+8613800138003")}});
  b.send(b.get("/"), "/logout");
  const auto before = b.cookies.at("tb_device");
  const auto form =
      b.send(b.get("/password/new"), "/password/new", {{"phone", "13800138003"}});
  REQUIRE(process->wait_output("重置密码", std::chrono::seconds{10}));
  const auto page =
      b.send(form, "/password/new/enter",
             {{"code", code_for("+8613800138003")}, {"password", "battery staple"}});
  CHECK(page.path.starts_with("/login"));
  CHECK(b.cookies.at("tb_device") != before);
  CHECK_FALSE(b.cookies.contains("tb_session"));
}

TEST_CASE_FIXTURE(pages_world, "pages: a double click changes the password once") {
  auto b = member("twice");
  const auto form = b.get("/profile/password");
  const std::map<std::string, std::string> typed{{"oldPassword", "correct horse"},
                                                 {"password", "battery staple"}};
  auto lost = b;
  auto other = b;
  CHECK(lost.send(form, "/profile/password", typed).path.starts_with("/security"));
  CHECK(b.send(form, "/profile/password", typed).path.starts_with("/security"));
  CHECK(b.get("/profile").has("twice@example.org"));
  // Nothing but the very same form gets the session that it has opened.
  const auto page =
      other.send(form, "/profile/password",
                 {{"oldPassword", "correct horse"}, {"password", "another one"}});
  CHECK(page.status == 401);
  CHECK_FALSE(other.cookies.contains("tb_session"));
}

TEST_CASE_FIXTURE(pages_world, "pages: a double click deletes the account once, and "
                               "says so twice") {
  auto b = member("leaving");
  const auto form = b.get("/security/delete");
  auto lost = b;
  auto elsewhere = b;
  CHECK(lost.send(form, "/security/delete").has("Your account will be erased."));
  const auto page = b.send(form, "/security/delete");
  CHECK(page.has("Your account will be erased."));
  CHECK_FALSE(b.cookies.contains("tb_session"));
  // Once it is taken back, the old form is as any of an ended session.
  auto back = visitor();
  CHECK(back.send(back.get("/login"), "/login",
                  {{"email", "leaving@example.org"}, {"password", "correct horse"}})
            .has("The deletion of your account is taken back."));
  CHECK(elsewhere.send(form, "/security/delete").status == 401);
}

TEST_CASE_FIXTURE(pages_world, "pages: of two deletions at once both are answered as "
                               "done") {
  for (int i = 0; i < 10; ++i) {
    auto b = member("both" + std::to_string(i));
    const auto form = b.get("/security/delete");
    auto other = b;
    auto first = std::async(std::launch::async,
                            [&] { return other.send(form, "/security/delete"); });
    const auto second = b.send(form, "/security/delete");
    CHECK(second.has("Your account will be erased."));
    CHECK(first.get().has("Your account will be erased."));
  }
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: a failed log-in behind a deletion does not make it "
                  "look undone") {
  auto b = member("gone");
  const auto form = b.get("/security/delete");
  auto lost = b;
  CHECK(lost.send(form, "/security/delete").has("Your account will be erased."));
  auto stranger = visitor();
  stranger.send(stranger.get("/login"), "/login",
                {{"email", "gone@example.org"}, {"password", "a guess"}});
  CHECK(b.send(form, "/security/delete").has("Your account will be erased."));
}

TEST_CASE_FIXTURE(pages_world, "pages: a button of another session asks anew what it "
                               "does, for the account that is logged in now") {
  auto b = member("first");
  const auto form = b.get("/security/delete");
  const auto security = b.get("/security");
  b.send(b.get("/"), "/logout");
  CHECK(person("second").get("/users/profile").status == 200);
  b.send(b.get("/login"), "/login",
         {{"email", "second@example.org"}, {"password", "correct horse"}});
  const auto asked = b.send(form, "/security/delete");
  CHECK(asked.path == "/security/delete");
  CHECK(asked.has("Nothing was changed."));
  CHECK(asked.has("Delete your account"));
  CHECK(b.send(security, "/security/export").path == "/security");
  CHECK(b.get("/profile").has("second@example.org"));
  CHECK(b.send(asked, "/security/delete").has("Your account will be erased."));
}

TEST_CASE_FIXTURE(pages_world, "pages: a code that somebody else has asked for is not "
                               "told as one's own") {
  auto eve = member("eve");
  const auto sent =
      eve.send(eve.get("/profile/phone"), "/profile/phone", {{"phone", "13933330001"}});
  CHECK(sent.has("The code has been sent to +86 139 3333 0001."));
  auto ann = member("ann");
  const auto asked =
      ann.send(ann.get("/profile/phone"), "/profile/phone", {{"phone", "13933330001"}});
  CHECK(asked.has("by you or by somebody else"));
  CHECK(ann.get("/profile/phone/enter").has("by you or by somebody else"));
  // Who has asked before knows that it is theirs.
  CHECK(eve.send(eve.get("/profile/phone"), "/profile/phone", {{"phone", "13933330001"}})
            .has("The code has been sent to +86 139 3333 0001."));
}

TEST_CASE_FIXTURE(pages_world, "pages: where a code is entered nobody is told that one "
                               "was sent who has asked for none") {
  auto b = member("nocode");
  CHECK(b.get("/security/prove/enter").path.starts_with("/security/prove?"));
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: a button of a session that has ended leads back to "
                  "its page") {
  auto b = member("ended");
  const auto page = b.get("/security");
  auto other = b;
  CHECK(other.send(page, "/logout").status == 200);
  const auto log_in = b.send(page, "/security/export");
  CHECK(log_in.status == 401);
  CHECK(log_in.has("name=\"next\" value=\"/security\""));
}

TEST_CASE_FIXTURE(pages_world, "pages: a password is kept in no page") {
  auto b = member("secret");
  const auto form = b.get("/profile/password");
  b.cookies.erase("tb_session");
  const std::map<std::string, std::string> typed{{"oldPassword", "correct horse"},
                                                 {"password", "battery staple"}};
  auto page = b.send(form, "/profile/password", typed);
  CHECK(page.status == 401);
  CHECK(page.has("Your session has ended"));
  CHECK_FALSE(page.has("correct horse"));
  CHECK_FALSE(page.has("battery staple"));
  page = b.send(b.get("/login"), "/login",
                {{"email", "secret@example.org"}, {"password", "correct horse"}});
  page = b.send(form, "/profile/password", typed); // Of the session before.
  CHECK(page.status == 403);
  CHECK_FALSE(page.has("correct horse"));
  CHECK_FALSE(page.has("battery staple"));
}

TEST_CASE_FIXTURE(short_sessions, "pages: the session is renewed with the page") {
  auto b = member("renewed");
  const auto first = b.cookies.at("tb_session");
  auto lost = b;
  auto tab = b;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (b.cookies.at("tb_session") == first && std::chrono::steady_clock::now() < until)
    CHECK(b.get("/profile").path == "/profile");
  CHECK(b.cookies.at("tb_session") != first);
  // A tab that asked at the same time, and an answer that got lost: both go on.
  CHECK(tab.get("/profile").path == "/profile");
  CHECK(lost.get("/profile").path == "/profile");
  CHECK(b.get("/profile").path == "/profile");
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: a person sees where they are logged in, and ends one session") {
  auto here = visitor();
  here.more.emplace("User-Agent",
                    "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Firefox/128.0");
  const std::map<std::string, std::string> typed{{"email", "ann@example.org"},
                                                 {"password", "correct horse"},
                                                 {"confirmPassword", "correct horse"}};
  here.send(here.get("/signup"), "/signup", typed);
  auto elsewhere = visitor();
  elsewhere.more.emplace("User-Agent", "Mozilla/5.0 (iPhone) Version/17 Safari/604.1");
  elsewhere.send(elsewhere.get("/login"), "/login",
                 {{"email", "ann@example.org"}, {"password", "correct horse"}});
  auto page = here.get("/security");
  CHECK(page.has("Firefox, Windows"));
  CHECK(page.has("Safari, iPhone"));
  CHECK(page.has("127.0.0.0/24"));
  CHECK(page.has("This browser"));
  page = here.send(page, "/security/end", {});
  CHECK(page.has("The session has ended."));
  CHECK_FALSE(page.has("action=\"/security/end\""));
  CHECK(elsewhere.get("/profile").path.starts_with("/login"));
  CHECK(here.get("/profile").path == "/profile");
}

} // namespace tinybook::test
