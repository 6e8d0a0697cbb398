#include "tests/blackbox/pages_world.hpp"

#include <set>

namespace tinybook::test {

TEST_CASE_FIXTURE(pages_world, "pages: what one asks for shows on no page of others") {
  auto b = visitor();
  CHECK_FALSE(b.get("/?board=day&poison=1").has("poison"));
  CHECK_FALSE(b.get("/?board=day").has("poison"));
  CHECK(b.get("/?after=1").has("nothing older"));
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

} // namespace tinybook::test
