#include "tests/blackbox/pages_world.hpp"

namespace tinybook::test {

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
  CHECK(b.get(read.path).has("collected 1 time"));
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

} // namespace tinybook::test
