#include "actors/articles/html_text.hpp"
#include "http/api/error_texts.hpp"
#include "http/pages/form_tokens.hpp"
#include "http/pages/gzip.hpp"
#include "http/pages/page_files.hpp"
#include "http/pages/page_renderer.hpp"
#include "http/pages/plain_articles.hpp"
#include "http/pages/prepared_pages.hpp"
#include "http/text_tools.hpp"
#include "storage/audit_event.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <regex>
#include <set>
#include <zlib.h>

namespace tinybook::http {

namespace {

std::string unzipped(const std::string& zipped, std::size_t plain_size) {
  std::string out(plain_size + 1, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
  auto in = zipped;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

/// The names in `{{t.name}}` of all templates.
std::set<std::string> texts_of_templates() {
  std::set<std::string> names;
  const std::regex use{R"(\{\{t\.([a-z_]+)\}\})"};
  for (const auto& file : page_files()) {
    const std::string text{file.content};
    for (std::sregex_iterator i{text.begin(), text.end(), use}, end; i != end; ++i)
      names.insert((*i)[1]);
  }
  return names;
}

} // namespace

TEST_CASE("pages: every template is valid, and every text of them is there") {
  const page_renderer renderer;
  for (const auto& name : texts_of_templates())
    CHECK_MESSAGE(renderer.texts().has(name), name);
  for (const auto kind : storage::audit_kind_names())
    CHECK_MESSAGE(renderer.texts().has("event_" + std::string{kind}), kind);
  CHECK(texts_of_templates().size() > 20);
  CHECK(renderer.texts().text("no such", language::en) == "[no such]");
  CHECK(renderer.texts().text("rank_of", language::en, {"a {} b", "3"}).find("a {} b")
        != std::string::npos);
}

TEST_CASE("what goes with a number is singular behind 1, in every text that has one") {
  CHECK(fill_in("{} {read|reads}", {"1"}) == "1 read");
  CHECK(fill_in("{} {read|reads}", {"0"}) == "0 reads");
  CHECK(fill_in("{} {read|reads}, {} {like|likes}", {"11", "1"}) == "11 reads, 1 like");
  CHECK(fill_in("{a: 1} {}", {"{}"}) == "{a: 1} {}");
  CHECK(fill_in("{} and {", {"one"}) == "one and {");
  std::string all;
  for (const auto& file : page_files())
    if (file.name == "texts.toml")
      all = file.content;
  CHECK(all.find("{second|seconds}") != std::string::npos);
  for (const auto& rule : field_rule_table())
    all.append(rule.en).append("\n");
  const std::regex plural{R"(\{\} [A-Za-z ]*[a-z]{3,}s\b)"};
  std::smatch found;
  const bool any = std::regex_search(all, found, plural);
  CHECK_MESSAGE(!any, found.str());
}

TEST_CASE("pages: texts are escaped, and a static file's address has its hash") {
  const page_renderer renderer;
  page_data data;
  set_text(data, "heading", R"(<b a="1">&'</b>)");
  const auto html = renderer.render("message", language::en, data);
  CHECK(html.find("&lt;b a=&quot;1&quot;&gt;&amp;") != std::string::npos);
  CHECK(html.find("<b a") == std::string::npos);
  const std::regex address{"/static/([0-9a-f]+)/style.css"};
  std::smatch found;
  REQUIRE(std::regex_search(html, found, address));
  REQUIRE(renderer.find("style.css") != nullptr);
  CHECK(renderer.find("style.css")->content.hash == found[1].str());
  CHECK(renderer.find("no.css") == nullptr);
}

TEST_CASE("pages: style and script stay light") {
  constexpr std::size_t most = std::size_t{4} * 1024;
  for (const auto& file : page_files())
    if (file.name.ends_with(".css") || file.name.ends_with(".js"))
      CHECK_MESSAGE(gzip(file.content, 9).size() <= most, file.name);
}

TEST_CASE("pages: a form's token is of one session, and never the same twice") {
  seeded_random random{1};
  const cookie_signer by(std::make_shared<const keyring>(keyring::generate(random)));
  const auto token = make_form_token(by, "session-a");
  CHECK(is_form_token(by, token, "session-a"));
  CHECK(make_form_token(by, "session-a") != token);
  CHECK_FALSE(is_form_token(by, token, "session-b"));
  CHECK_FALSE(is_form_token(by, token, "browser-a"));
  CHECK_FALSE(is_form_token(by, token, ""));
  const cookie_signer other(std::make_shared<const keyring>(keyring::generate(random)));
  CHECK_FALSE(is_form_token(other, token, "session-a"));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    CHECK_FALSE(is_form_token(by, changed, "session-a"));
    CHECK_FALSE(is_form_token(by, token.substr(0, i), "session-a"));
  }
  // The part that is bound cannot be moved into the nonce.
  CHECK_FALSE(is_form_token(by, make_form_token(by, "a~session-b"), "session-b"));
}

TEST_CASE("pages: gzip is undone by any reader, and sent to who takes it") {
  CHECK(rc::check([](const std::string& plain) {
    for (const int level : {1, 9})
      RC_ASSERT(unzipped(gzip(plain, level), plain.size()) == plain);
  }));
  for (const auto* yes : {"gzip", "br, gzip", "gzip;q=0.5", "*", "deflate , gzip ;q=1"})
    CHECK_MESSAGE(accepts_gzip(yes), yes);
  for (const auto* no : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "identity"})
    CHECK_MESSAGE(!accepts_gzip(no), no);
}

TEST_CASE("pages: plain text becomes paragraphs and comes back as it was typed") {
  CHECK(typed_as_html("a & b\r\n\r\nc\nd < e") == "<p>a &amp; b</p><p>c<br>d &lt; e</p>");
  CHECK(typed_as_html("<p>kept</p>") == "<p>kept</p>");
  CHECK(typed_as_html("if x<y and y>z") == "<p>if x&lt;y and y&gt;z</p>");
  CHECK(typed_as_html("List<int>") == "<p>List&lt;int&gt;</p>");
  CHECK(typed_as_html("Some <b>bold</b> a&amp;b\n\nNext <x@y.example>")
        == "<p>Some <b>bold</b> a&amp;b</p><p>Next &lt;x@y.example></p>");
  CHECK(html_as_typed("<p>Some <b>bold</b></p><p>Next</p>")
        == "Some <b>bold</b>\n\nNext");
  CHECK(typed_as_html("<p>vector<int></p>") == "<p>vector&lt;int></p>");
  CHECK(typed_as_html("a<BR/>\nb") == "<p>a<BR/>\nb</p>");
  CHECK(typed_as_html("<h2>Heading</h2>\n\nOne.\n\nTwo\nlines <hr>End")
        == "<h2>Heading</h2><p>One.</p><p>Two<br>lines</p><hr><p>End</p>");
  CHECK(typed_as_html("A\n<ul>\n<li>b <ul><li>c</ul>\n\n</ul>\nD")
        == "<p>A</p><ul>\n<li>b <ul><li>c</ul>\n\n</ul><p>D</p>");
  CHECK(typed_as_html("<p>a\n\nb<pre>c\n\nd</pre></div>e")
        == "<p>a\n\nb<pre>c\n\nd</pre></div><p>e</p>");
  CHECK(typed_as_html("a <!-- b\n\nc --> d") == "<p>a</p><!-- b\n\nc --><p>d</p>");
  CHECK(typed_as_html("<a\nhref=\"https://x.example\">t</a>")
        == "<p><a href=\"https://x.example\">t</a></p>");
  CHECK(typed_as_html(" \n\n ").empty());
  CHECK(html_as_typed("<p>a</p><p>b<br>c</p>") == "a\n\nb\nc");
  CHECK(html_as_typed("<h2>t</h2><p>a</p>") == "<h2>t</h2><p>a</p>");
  // What looks like a tag when shown as plain text stays HTML.
  CHECK(html_as_typed("<p>&lt;b&gt;</p>") == "<p>&lt;b&gt;</p>");
  CHECK(rc::check([](const std::vector<std::string>& lines) {
    std::string typed;
    for (const auto& line : lines)
      typed += line + '\n';
    const auto html = typed_as_html(typed);
    // Whatever is shown for editing saves as the same.
    RC_ASSERT(typed_as_html(html_as_typed(html)) == html);
  }));
  CHECK(rc::check([](const std::string& html) {
    const auto shown = html_as_typed(html);
    RC_ASSERT(shown == html || typed_as_html(shown) == html);
  }));
}

TEST_CASE("pages: a wait is told as people count it") {
  using namespace std::chrono_literals;
  std::chrono::milliseconds wait{};
  test::api_world w;
  w.store.fail = [&] {
    return failure{errc::rate_limited, wait};
  };
  const auto told = [&](std::chrono::milliseconds length, const char* lang) {
    wait = length;
    return w.client()
        .Get("/read/1", {{"Accept", "text/html"}, {"Accept-Language", lang}})
        ->body;
  };
  CHECK(told(1s, "en").find("in 1 second.") != std::string::npos);
  CHECK(told(89s, "en").find("in 89 seconds.") != std::string::npos);
  CHECK(told(90s, "en").find("in 2 minutes.") != std::string::npos);
  CHECK(told(899s, "en").find("in 15 minutes.") != std::string::npos);
  CHECK(told(899s, "zh-CN").find("15 分钟后") != std::string::npos);
}

TEST_CASE("pages: pictures load when they are seen, and text is left alone") {
  CHECK(with_lazy_pictures("<p>&lt;img </p><img src=\"https://a/b\" alt=\"\">")
        == "<p>&lt;img </p><img loading=\"lazy\" decoding=\"async\" "
           "referrerpolicy=\"no-referrer\" src=\"https://a/b\" alt=\"\">");
}

TEST_CASE("pages: one request a second makes the page, the others get the old one") {
  using namespace std::chrono_literals;
  prepared_pages pages;
  auto& slot = pages.of(language::zh, 2);
  const auto begin = std::chrono::steady_clock::time_point{1h};
  CHECK(slot.usable(begin) == nullptr);
  slot.keep({zipped_text("a", 1), begin});
  REQUIRE(slot.usable(begin + 999ms) != nullptr);
  CHECK(slot.usable(begin + 1s) == nullptr); // Whoever asks first makes it.
  REQUIRE(slot.usable(begin + 1s) != nullptr);
  CHECK(slot.usable(begin + 1s)->plain == "a");
  CHECK(slot.usable(begin + 2s) == nullptr); // It did not: the next one tries.
  CHECK(slot.usable(begin + 3s - 1ms) != nullptr);
  CHECK(slot.usable(begin + 10s) == nullptr);
  CHECK(slot.usable(begin + 10s) == nullptr); // Too old for anybody.
  CHECK(pages.of(language::en, 2).usable(begin) == nullptr);
}

} // namespace tinybook::http
