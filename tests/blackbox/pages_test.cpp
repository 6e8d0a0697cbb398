#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/page_browser.hpp"

#include <set>

namespace tinybook::test {

namespace {

struct pages_world : running_server {
  using running_server::running_server;
  [[nodiscard]] page_browser visitor() const { return page_browser{process->port()}; }

  /// A new account, logged in.
  [[nodiscard]] page_browser member(const std::string& name) const {
    auto b = visitor();
    const auto page = b.send(b.get("/signup"), "/signup",
                             {{"email", name + "@example.org"},
                              {"password", "correct horse"},
                              {"confirmPassword", "correct horse"}});
    REQUIRE(page.status == 200);
    REQUIRE(b.cookies.contains("tb_session"));
    return b;
  }
};

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

TEST_CASE_FIXTURE(pages_world, "pages: one's own places stand by rank, not by age") {
  auto author = member("ranked");
  auto reader = member("reader");
  const auto publish = [&](const std::string& title) {
    return author.send(author.get("/write"), "/write",
                       {{"title", title}, {"content", "c"}, {"do", "publish"}});
  };
  const auto older = publish("Older");
  const auto newer = publish("Newer");
  author.send(older, older.path + "/like");
  author.send(newer, newer.path + "/like");
  reader.send(reader.get(older.path), older.path + "/like");
  const std::string first = "“Older” is at rank 1.";
  const std::string second = "“Newer” is at rank 2.";
  auto page = author.get("/ranking");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!(page.has(first) && page.has(second))
         && std::chrono::steady_clock::now() < until)
    page = author.get("/ranking"); // It is a moment behind.
  REQUIRE(page.has(first));
  REQUIRE(page.has(second));
  CHECK(page.html.find(first) < page.html.find(second));
}

TEST_CASE_FIXTURE(pages_world, "pages: write, publish, read, like, collect, withdraw") {
  auto author = member("author");
  auto page = author.send(author.get("/write"), "/write",
                          {{"title", "On <tea>"},
                           {"content", "First & best.\r\n\r\nSecond line\r\nthird"},
                           {"do", "preview"}});
  CHECK(page.has("<p>First &amp; best.</p><p>Second line<br>third</p>"));
  CHECK(page.has("value=\"On &lt;tea&gt;\""));
  CHECK(page.path.ends_with("?preview=1")); // It is saved: reloading asks nothing.
  CHECK(author.get("/mine").has("On &lt;tea&gt;"));
  page = author.send(page, "/write", {{"do", "draft"}});
  CHECK(page.path.starts_with("/write/"));
  CHECK(page.has("Draft</span>"));
  CHECK(page.has("First &amp; best.\n\nSecond line\nthird</textarea>"));
  page = author.send(page, "/write", {{"do", "publish"}});
  CHECK(page.path.starts_with("/read/"));
  CHECK(page.has("On &lt;tea&gt;</h1>"));
  CHECK(page.has("<span>Anonymous</span>"));
  CHECK(author.get("/write").has("no name beside your articles"));
  author.send(author.get("/profile/edit"), "/profile/edit", {{"nickname", "Ann"}});
  CHECK_FALSE(author.get("/write").has("no name beside your articles"));
  const auto read = page.path;
  const auto id = read.substr(6);

  auto reader = member("reader");
  page = reader.get(read);
  page = reader.send(page, read + "/like");
  CHECK(page.has("aria-pressed=\"true\""));
  CHECK(page.has("1 like"));
  page = reader.send(page, read + "/collect");
  CHECK(page.has("Collected</button>"));
  CHECK_FALSE(page.has("Collect</button>"));
  page = reader.send(page, read + "/like");
  CHECK(page.has("0 likes"));
  reader.more.emplace("X-Test", "1");

  page = author.get("/write/" + id);
  CHECK_FALSE(page.has("not out yet"));
  page = author.send(page, "/write", {{"title", "On milk"}, {"do", "draft"}});
  CHECK(page.has("with changes that are not out yet"));
  page = author.get("/mine");
  CHECK(page.has("On milk"));
  CHECK(page.has("with changes that are not out yet"));
  CHECK(reader.get(read).has("On &lt;tea&gt;"));
  page = author.get("/write/" + id);
  page = author.send(page, "/write/" + id + "/withdraw");
  CHECK(page.path == "/mine");
  CHECK(page.has("Readers cannot see it any more"));
  CHECK(author.get("/write/" + id).has("Withdrawn</span>"));
  CHECK(reader.get(read).status == 404);
  page = author.send(author.get("/write/" + id + "/delete"), "/write/" + id + "/delete");
  CHECK(page.path == "/mine");
  CHECK_FALSE(page.has("On milk"));
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: the second of two tabs does not overwrite unseen") {
  auto b = member("tabs");
  const auto empty = b.get("/write");
  const auto back = "/write?key=" + empty.form("/write").fields.at("key");
  auto first =
      b.send(empty, "/write", {{"title", "T"}, {"content", "one"}, {"do", "draft"}});
  const auto second = b.get(first.path);
  CHECK(b.send(first, "/write", {{"content", "from tab 1"}, {"do", "draft"}}).status
        == 200);
  auto page = b.send(second, "/write", {{"content", "from tab 2"}, {"do", "draft"}});
  CHECK(page.status == 409);
  CHECK(page.has("from tab 2"));
  CHECK(b.get(first.path).has("from tab 1"));
  CHECK(b.send(page, "/write", {{"do", "draft"}}).has("from tab 2"));
  // Back in the form of a new article one goes on with what it has saved.
  CHECK(b.get(back).path == first.path);
  // Nor a title, where the text is the same.
  const auto third = b.get(first.path);
  CHECK(b.send(b.get(first.path), "/write", {{"title", "Renamed"}, {"do", "draft"}})
            .has("Renamed"));
  CHECK(b.send(third, "/write", {{"do", "draft"}}).status == 409);
}

TEST_CASE_FIXTURE(pages_world, "pages: a form that is sent twice does it once") {
  auto b = member("twice");
  const auto form = b.get("/write");
  const std::map<std::string, std::string> typed{
      {"title", "T"}, {"content", "c"}, {"do", "publish"}};
  CHECK(b.send(form, "/write", typed).path == b.send(form, "/write", typed).path);
  // Of an article that is there, too: what the first has changed is no conflict.
  const auto draft = b.send(b.get("/write"), "/write",
                            {{"title", "T"}, {"content", "c"}, {"do", "draft"}});
  const std::map<std::string, std::string> changed{{"content", "d"}, {"do", "draft"}};
  const auto first = b.send(draft, "/write", changed);
  const auto second = b.send(draft, "/write", changed);
  CHECK(first.status == 200);
  CHECK(second.path == first.path);
  CHECK(second.has("d</textarea>"));
}

TEST_CASE_FIXTURE(pages_world, "pages: what was deleted elsewhere can be saved anew") {
  auto b = member("deleted");
  auto form = b.send(b.get("/write"), "/write",
                     {{"title", "T"}, {"content", "c"}, {"do", "draft"}});
  const auto path = form.path;
  b.send(b.get(path + "/delete"), path + "/delete");
  auto page = b.send(form, "/write", {{"content", "not lost"}, {"do", "draft"}});
  CHECK(page.status == 404);
  CHECK(page.has("not lost"));
  CHECK(b.send(page, "/write", {{"do", "publish"}}).has("not lost"));
}

TEST_CASE_FIXTURE(pages_world, "pages: a form that is sent anew with another text") {
  auto b = member("anew");
  const auto form = b.get("/write");
  b.send(form, "/write", {{"title", "A"}, {"content", "one"}, {"do", "publish"}});
  auto page =
      b.send(form, "/write", {{"title", "B"}, {"content", "two"}, {"do", "draft"}});
  CHECK(page.status == 409);
  CHECK(page.has("This form was sent before"));
  CHECK(b.send(page, "/write", {{"do", "publish"}}).has("two"));
  page = b.get("/mine");
  CHECK(page.has(">B</a>"));
  CHECK_FALSE(page.has(">A</a>")); // It is the same article.
}

TEST_CASE_FIXTURE(pages_world,
                  "pages: what shows nothing is a draft, and is not published") {
  auto b = member("empty");
  for (const auto* nothing :
       {"", " \r\n ", "<script>x</script>", "<p> </p>&nbsp;", "\u200b\u2060"}) {
    CAPTURE(nothing);
    const auto page = b.send(b.get("/write"), "/write",
                             {{"title", "T"}, {"content", nothing}, {"do", "publish"}});
    CHECK(page.status == 400);
    CHECK(page.has("href=\"#f-content\""));
    CHECK(b.send(page, "/write", {{"do", "draft"}}).status == 200);
  }
  const std::string picture = "<img src=\"https://example.org/a.jpg\" alt=\"\">";
  CHECK(b.send(b.get("/write"), "/write",
               {{"title", "T"}, {"content", picture}, {"do", "publish"}})
            .path.starts_with("/read/"));
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

TEST_CASE_FIXTURE(pages_world, "pages: what one asks for shows on no page of others") {
  auto b = visitor();
  CHECK_FALSE(b.get("/?board=day&poison=1").has("poison"));
  CHECK_FALSE(b.get("/?board=day").has("poison"));
  CHECK(b.get("/?after=1").has("nothing older"));
}

TEST_CASE_FIXTURE(pages_world, "pages: what was written outlives the session") {
  auto b = member("writer");
  const auto form = b.get("/write");
  auto elsewhere = b;
  elsewhere.send(elsewhere.get("/"), "/logout");
  auto page = b.send(form, "/write",
                     {{"title", "Kept"}, {"content", "my words"}, {"do", "publish"}});
  CHECK(page.status == 401);
  CHECK(page.has("my words"));
  SUBCASE("by password") {
    page = b.send(page, "/login",
                  {{"email", "writer@example.org"}, {"password", "wrong horse"}});
    CHECK(page.status == 401);
    page = b.send(page, "/login",
                  {{"email", "writer@example.org"}, {"password", "correct horse"}});
  }
  SUBCASE("by code") {
    page = b.send(page, "/login/code");
    page = b.send(page, "/login/code", {{"phone", "13800138001"}});
    page = b.send(page, "/login/code/enter", {{"code", code_for("+8613800138001")}});
  }
  CHECK(page.status == 200);
  page = b.send(page, "/write");
  CHECK(page.path.starts_with("/read/"));
  CHECK(page.has("my words"));
}

TEST_CASE_FIXTURE(pages_world, "pages: a button that was pressed outlives the session") {
  auto b = member("presser");
  const auto read = b.send(b.get("/write"), "/write",
                           {{"title", "T"}, {"content", "c"}, {"do", "publish"}});
  for (const auto* button : {"/like", "/collect"}) {
    b.cookies.erase("tb_session");
    auto page = b.send(read, read.path + button);
    CHECK(page.status == 401);
    page = b.send(page, "/login",
                  {{"email", "presser@example.org"}, {"password", "correct horse"}});
    CHECK(b.send(page, read.path + button).path == read.path);
  }
  CHECK(b.get(read.path).has("collected once"));
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

TEST_CASE_FIXTURE(pages_world, "pages: forms of others, and stale ones, change nothing") {
  auto b = member("victim");
  const auto form = b.get("/profile/edit");
  auto fields = form.form("/profile/edit").fields;
  fields["nickname"] = "changed";
  SUBCASE("another site, by Fetch metadata") {
    b.more.emplace("Sec-Fetch-Site", "cross-site");
    CHECK(b.post("/profile/edit", fields).status == 403);
  }
  SUBCASE("another site, by Origin") {
    b.more.emplace("Origin", "https://evil.example");
    CHECK(b.post("/profile/edit", fields).status == 403);
  }
  SUBCASE("no token") {
    fields.erase("csrf");
    CHECK(b.post("/profile/edit", fields).status == 403);
  }
  SUBCASE("the token of another session") {
    auto other = member("other");
    fields["csrf"] = other.get("/profile/edit").form("/profile/edit").fields["csrf"];
    auto page = b.post("/profile/edit", fields);
    CHECK(page.status == 403);
    CHECK(b.get("/profile").has("changed") == false);
    // It is the same site, so the person is asked to send it again.
    CHECK(b.send(page, "/profile/edit").has("changed"));
    return;
  }
  b.more.clear();
  CHECK_FALSE(b.get("/profile").has("changed"));
}

TEST_CASE_FIXTURE(pages_world, "pages: a form of thousands of fields is not read") {
  auto b = visitor();
  std::map<std::string, std::string> fields;
  for (int i = 0; i < 200; ++i)
    fields["f" + std::to_string(i)] = "x";
  CHECK(b.post("/login", fields).status == 400);
}

TEST_CASE_FIXTURE(pages_world, "pages: a long article is written, refused and kept") {
  auto b = member("long");
  std::string text;
  while (text.size() < 290'000)
    text += "字";
  const auto too_long = text + text.substr(0, 12'000);
  auto page = b.send(b.get("/write"), "/write",
                     {{"title", "Long"}, {"content", too_long}, {"do", "draft"}});
  CHECK(page.status == 400);
  CHECK(page.form("/write").fields["content"] == too_long);
  b.cookies.erase("tb_session");
  page = b.send(page, "/write", {{"content", text}, {"do", "publish"}});
  CHECK(page.status == 401);
  page = b.send(page, "/login",
                {{"email", "long@example.org"}, {"password", "correct horse"}});
  page = b.send(page, "/write");
  CHECK(page.path.starts_with("/read/"));
  CHECK(page.has(text));
}

TEST_CASE_FIXTURE(pages_world, "pages: a cookie opens no door of the API") {
  auto b = member("api");
  const auto answer = b.get("/users/profile");
  CHECK(answer.status == 401);
  CHECK(answer.header("Content-Type").starts_with("application/json"));
  // Nor does what was chosen on a page change what programs read.
  b.get("/language/zh-CN?to=/");
  CHECK(b.get("/").has("<html lang=\"zh-CN\">"));
  CHECK(b.get("/users/profile").has("\"msg\":\"Please log in first"));
}

TEST_CASE_FIXTURE(pages_world, "pages: their policies, their weight and their tokens") {
  auto b = member("light");
  for (const auto* path : {"/", "/login", "/write", "/ranking", "/nothing-here"}) {
    const auto page = b.get(path);
    const auto policy = page.header("Content-Security-Policy");
    CHECK(says(policy, "default-src 'none'"));
    CHECK(says(policy, "frame-ancestors 'none'"));
    CHECK_FALSE(says(policy, "unsafe"));
    CHECK(page.header("Cache-Control") == "no-store");
    CHECK(page.header("Referrer-Policy") == "same-origin");
    CHECK_FALSE(page.has("style="));
    CHECK_FALSE(says(page.html, " onclick"));
    CHECK_FALSE(page.has("[")); // A text that is missing.
  }
  CHECK(b.get("/write").form("/write").fields["csrf"]
        != b.get("/write").form("/write").fields["csrf"]);
  const auto style = b.get("/").address("stylesheet");
  const auto file = b.get(style);
  CHECK(file.status == 200);
  CHECK(says(file.header("Cache-Control"), "immutable"));
  CHECK(b.get("/static/0123456789ab/style.css").status == 404);
}

/// Another server of the host has set cookies of our names for a part of our paths, which
/// come first.
TEST_CASE_FIXTURE(pages_world,
                  "pages: a stale cookie does not hide the one that is good") {
  auto b = visitor();
  auto form = b.get("/login");
  b.cookies = {{"a", "0; tb_form=stale; tb_form=" + b.cookies.at("tb_form")}};
  (void)member("both");
  const auto page = b.send(
      form, "/login", {{"email", "both@example.org"}, {"password", "correct horse"}});
  CHECK(page.status == 200);
  auto sent = b.cookies.extract("tb_session");
  REQUIRE(sent);
  b.cookies = {{"a", "0; tb_session=stale~stale; tb_session=" + sent.mapped()}};
  form = b.get("/profile/edit");
  CHECK(b.send(form, "/profile/edit", {{"nickname", "found"}}).has("found"));
  CHECK_FALSE(b.cookies.contains("tb_session")); // It was not ended.
  b.cookies = {{"a", "0; tb_session=1; tb_session=2; tb_session=3; tb_session=4; "
                     "tb_session="
                         + sent.mapped()}};
  CHECK(b.get("/profile/edit").path.starts_with("/login")); // Work has a bound.
}

/// Follows every link, and asks of every form whether somebody takes it.
TEST_CASE_FIXTURE(pages_world, "pages: no link and no form leads nowhere") {
  auto b = member("crawler");
  b.send(b.get("/write"), "/write",
         {{"title", "T"}, {"content", "c"}, {"do", "publish"}});
  httplib::Client http{"127.0.0.1", process->port()};
  for (const bool anonymous : {false, true}) {
    if (anonymous)
      b.cookies.clear();
    std::set<std::string> seen;
    std::vector<std::string> open{"/"};
    while (!open.empty()) {
      const auto path = open.back();
      open.pop_back();
      const auto page = b.get(path);
      CHECK_MESSAGE(page.status == 200, path);
      for (const auto& link : page.all("href"))
        if (const auto to = link.substr(0, link.find('#'));
            to.starts_with('/') && !to.starts_with("/language/")
            && seen.insert(to).second)
          open.push_back(to);
      for (const auto& action : page.all("action"))
        CHECK_MESSAGE(says(http.Options(action)->get_header_value("Allow"), "POST"),
                      action);
    }
    CHECK(seen.size() > 8);
  }
}

TEST_CASE_FIXTURE(pages_world, "pages: nobody is sent to another site") {
  auto b = visitor();
  for (const auto* to : {"//evil.example", "https://evil.example", "/\\evil.example",
                         "/\r\nSet-Cookie:x=1", "javascript:alert(1)"})
    CHECK(b.get("/language/en?to=" + httplib::detail::encode_query_param(to)).path
          == "/");
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
