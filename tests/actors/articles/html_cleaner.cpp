#include "actors/articles/html_tree.hpp"
#include "storage/support/text.hpp"
#include "tests/actors/articles/cleaned.hpp"

#include <rapidcheck.h>
#include <utility>

namespace tinybook::test {

namespace {

constexpr std::string_view link_end = "\" rel=\"nofollow noopener\">";

} // namespace

TEST_CASE("simple HTML stays as it is") {
  for (const char* html :
       {"",
        "plain",
        "<p>one</p><p>two</p>",
        "a<br>b",
        "<b>b</b><strong>s</strong>",
        "<i>i</i><em>e</em><u>u</u><s>s</s>",
        "<blockquote>q</blockquote>",
        "<pre><code>x  y\n z</code></pre>",
        "<ul><li>1</li><li>2</li></ul>",
        "<ol><li>1</li></ol>",
        "<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>",
        "H<sub>2</sub>O x<sup>2</sup>",
        "<p>a</p><hr><p>b</p>",
        "<pre><code class=\"language-c++\">x</code></pre>",
        "<img src=\"https://a.org/x.png?a=1&amp;b=2\" alt=\"a &quot;b&quot;\">",
        "<table><caption>c</caption><tbody><tr><td>d</td></tr></tbody></table>",
        "<table><thead><tr><th>h</th></tr></thead><tfoot></tfoot></table>",
        "he said \"it's\"",
        "a &lt; b &amp; c",
        "  two  spaces\n",
        "中文 😀",
        "<a href=\"https://a.org/?x=1&amp;y=2\" rel=\"nofollow noopener\">l</a>"})
    CHECK(cleaned(html) == html);
}

TEST_CASE("known attacks leave nothing behind") {
  const std::pair<const char*, const char*> table[] = {
      {"<script>alert(1)</script>x", "x"},
      {"<SCRIPT SRC=//evil/x.js></SCRIPT>x", "x"},
      {"<script>alert(1)//", ""},
      {"<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"},
      {"<img src=http://a.org/x.png>", ""},
      {"<img src=data:image/png;base64,AAAA alt=x>", ""},
      {"<img src=\"https://a.org/x\" onerror=alert(1) style=x width=1 srcset=y>",
       "<img src=\"https://a.org/x\" alt=\"\">"},
      {"<img src='https://a.org/&quot;onerror=1' alt='\"><script>'>",
       "<img src=\"https://a.org/&quot;onerror=1\" alt=\"&quot;&gt;&lt;script&gt;\">"},
      {"<code class=\"x language-\">1</code><code class='a language-js\" onclick=1'>2"
       "</code><code class='b language-js language-c'>3</code>",
       "<code>1</code><code>2</code><code class=\"language-js\">3</code>"},
      {"<img src=x onerror=alert(1)>", ""},
      {"<img/src=x/onerror=alert(1)//", "&lt;img/src=x/onerror=alert(1)//"},
      {"<p onclick=\"alert(1)\" style=\"x:expression(1)\">x</p>", "<p>x</p>"},
      {"<b onmouseover=alert(1)>x</b>", "<b>x</b>"},
      {"<a href=\"javascript:alert(1)\">x</a>", "x"},
      {"<a href=\"JaVaScRiPt:alert(1)\">x</a>", "x"},
      {"<a href=\" &#14; javascript:alert(1)\">x</a>", "x"},
      {"<a href=\"java&#10;script:alert(1)\">x</a>", "x"},
      {"<a href=\"java\tscript:alert(1)\">x</a>", "x"},
      {"<a href=\"&#106;avascript:alert(1)\">x</a>", "x"},
      {"<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>", "x"},
      {"<a href=\"vbscript:msgbox(1)\">x</a>", "x"},
      {"<a href=\"//evil.org\">x</a>", "x"},
      {"<a href=\"/local\">x</a>", "x"},
      {"<a href=\"https:evil\">x</a>", "x"},
      {"<a href=\"https:\\\\evil\">x</a>", "x"},
      {"<a href=\"http://\">x</a>", "x"},
      {"<a href=\"http:///evil\">x</a>", "x"},
      {"<a>x</a>", "x"},
      {"<style>@import 'x'</style>x", "x"},
      {"<svg onload=alert(1)><script>1</script></svg>x", "x"},
      {"<svg><style><img src=x onerror=alert(1)></style></svg>x", "x"},
      {"<math><mtext><table><mglyph><style><img src onerror=alert(1)>", ""},
      {"<iframe src=javascript:alert(1)>x</iframe>y", "y"},
      {"<object data=x>y</object>z", "z"},
      {"<embed src=x>z", "z"},
      {"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", ""},
      {"<template><script>1</script></template>z", "z"},
      {"<!--<img src=\"--><img src=x onerror=alert(1)//\">", ""},
      {"<!-- c -->x<![CDATA[y]]>", "x"},
      {"<?php echo 1 ?>x", "x"},
      {"<!DOCTYPE html><html><head><title>t</title></head><body onload=1>x", "x"},
      {"<form action=x><input onfocus=1 autofocus><button>b</button></form>", "<p>b</p>"},
      {"<textarea></textarea><script>1</script>", ""},
      {"<xmp><script>1</script></xmp>", "<p>&lt;script&gt;1&lt;/script&gt;</p>"},
      {"&lt;script&gt;1&lt;/script&gt;", "&lt;script&gt;1&lt;/script&gt;"},
      {"<meta http-equiv=refresh content=0>x", "x"},
      {"<base href=//evil>x", "x"},
      {"<link rel=stylesheet href=x>x", "x"},
      {"<div><span>x</span></div>", "<p>x</p>"},
      {"<p", "&lt;p"},
      {"a < b > c", "a &lt; b &gt; c"},
      {"\"'&", "\"'&amp;"},
      {"<b>x", "<b>x</b>"},
      {"x</b></p>", "x"},
      {"<h5 id=x>x</h5>", "<h5>x</h5>"},
  };
  for (const auto& [bad, good] : table)
    CHECK_MESSAGE(cleaned(bad) == std::string(good), std::string(bad));
}

TEST_CASE("links keep http, https and mailto, with their quotes escaped") {
  const auto link = [](std::string_view href) {
    return "<a href=\"" + std::string(href) + std::string(link_end) + "x</a>";
  };
  CHECK(cleaned("<a href='HTTP://a.org'>x</a>") == link("HTTP://a.org"));
  CHECK(cleaned("<a href=mailto:a@b.org>x</a>") == link("mailto:a@b.org"));
  CHECK(cleaned("<a href='http://a.org/\"onclick=1'>x</a>")
        == link("http://a.org/&quot;onclick=1"));
  CHECK(cleaned("<a href='  http://a.org\n' target=_top rel=opener>x</a>")
        == link("http://a.org"));
}

TEST_CASE("a link or image that would be kept but for its length is refused, not lost") {
  const auto of = [](std::string_view before, std::size_t bytes, std::string_view after) {
    const std::string scheme = "https://";
    return std::string(before) + scheme + times(bytes - scheme.size(), "a")
           + std::string(after);
  };
  CHECK(cleaned(of("<a href='", 2'048, "'>x</a>")) != "x");
  CHECK(cleaned(of("<a href='", 2'049, "'>x</a>")) == "refused: address_too_long 2048");
  CHECK(cleaned(of("<p><img src='", 2'048, "'>")).starts_with("<p><img "));
  CHECK(cleaned(of("<p><img src='", 2'049, "'>")) == "refused: address_too_long 2048");
  const auto with_alt = [](const std::string& alt) {
    return cleaned("<img src=https://a.org/x alt='" + alt + "'>");
  };
  CHECK(with_alt(times(500, "文") + " \n ").ends_with("文\">"));
  CHECK(with_alt(times(501, "文")) == "refused: alt_too_long 500");
  // What is not kept may have any length.
  CHECK(cleaned("<img src='data:image/png;base64," + times(9'000, "A") + "'>x") == "x");
  CHECK(cleaned("<a href='javascript:" + times(9'000, "a") + "'>x</a>") == "x");
  CHECK(cleaned(of("<script><a href='", 9'000, "'></script>x")) == "x");
}

TEST_CASE("control characters and bad bytes never come out") {
  CHECK(cleaned("a&#1;b&#0;c\x02") == "ab\uFFFDc");
  CHECK(cleaned(std::string_view("a\0b", 3)) == "ab");
  CHECK(cleaned("a\r\nb\rc") == "a\nb\nc");
  CHECK(cleaned("a\xff") == "a\uFFFD");
  CHECK(cleaned("<pre>\n\nx</pre>") == "<pre>\n\nx</pre>");
}

TEST_CASE("too many tags, too deep and too tangled markup is refused with its bound") {
  const auto many = "refused: too_many_tags " + std::to_string(html_tree::max_tags);
  const auto deep = "refused: too_deep " + std::to_string(html_tree::max_depth);
  for (const auto& html : {times(33'000, "<b>"), times(5'001, "<br>"),
                           times(2'501, "<span></x>"), times(2'501, "<ul><li>")})
    CHECK(cleaned(html) == many);
  for (const auto& html :
       {times(101, "<blockquote>"), times(2'500, "<div>") + times(2'500, "</x>"),
        times(2'500, "<div><p>"), times(5'000, "<b>"), times(1'250, "<table><td>")})
    CHECK(cleaned(html) == deep);
  std::string attributes;
  for (int i = 0; i < 11'000; ++i)
    attributes += " a" + std::to_string(i);
  CHECK(cleaned("<p" + attributes + ">x") == "refused: too_tangled 0");
  const auto pictures = times(5'000, R"(<img src="https://a.org" alt="">)");
  CHECK(cleaned(pictures) == pictures);
  // Each p reopens every b that the p before it left open.
  std::string multiplies;
  for (int i = 0; i < 1'200; ++i)
    multiplies += "<p><b id=" + std::to_string(i) + ">";
  CHECK(cleaned(multiplies + times(1'200, "<p>x")) == "refused: too_tangled 0");
}

TEST_CASE("markup within the bounds is kept, whatever it is") {
  for (const auto& html :
       {times(100, "<blockquote>") + "x" + times(100, "</blockquote>"),
        times(5'000, "<br>"), times(1'000, "<p>one <b>two</b></p>"), times(5'000, "<")}) {
    const auto clean = clean_html(html);
    REQUIRE(clean.ok());
    CHECK(cleaned(*clean) == *clean);
  }
}

TEST_CASE("blocks whose tag goes become paragraphs, and no words run together") {
  const std::pair<const char*, const char*> table[] = {
      {"first<div>one</div><div>two</div><h5>five</h5><table><tr><td>a<td>b</table>",
       "first<p>one</p><p>two</p><h5>five</h5>"
       "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"},
      {"<p>a<div>b</div>c</p>", "<p>a</p><p>b</p>c"},
      {"<p></p><p> </p><p><b></b></p>", "<p> </p><p><b></b></p>"},
      {"<div>one<p>two</p>three</div>", "<p>one</p><p>two</p><p>three</p>"},
      {"<div>a <b>b</b> c</div>", "<p>a <b>b</b> c</p>"},
      {"<div><b>a<div>b</div></b>c</div>", "<b>a<p>b</p></b><p>c</p>"},
      {"<div><span>a<div>b</div>c</span>d</div>", "<p>a</p><p>b</p><p>cd</p>"},
      {"<div>\n  <div>\n a</div>\n</div>", "\n  <p>\n a</p>\n"},
      {"<div><br></div><div></div>", "<p><br></p>"},
      {"<dl><dt>a<dd>b</dl>", "<p>a</p><p>b</p>"},
      {"<section><figure><img src=https://a.org/x><figcaption>c</figcaption></figure>"
       "</section>",
       "<p><img src=\"https://a.org/x\" alt=\"\"></p><p>c</p>"},
      {"<li><div>a</div><div>b</div></li>", "<li><p>a</p><p>b</p></li>"},
      {"<p><button>a<div><b>b</b></div>c</button></p>", "<p>a\n<b>b</b>\nc</p>"},
      {"<h2><div>a</div><div>b</div></h2>", "<h2>a\nb</h2>"},
      {"<pre><div>a</div><div>b</div></pre>", "<pre>a\nb</pre>"},
      {"<div><a href='https://a.org'>a</a></div>",
       "<p><a href=\"https://a.org\" rel=\"nofollow noopener\">a</a></p>"},
      {"<div><a>a</a></div>", "<p>a</p>"},
      {"<select><option>a<option>b</select>", "<p>a</p><p>b</p>"},
      {"<abbr>a</abbr><time>b</time>", "ab"},
      {"<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a\nb\nc\n"},
      {"a<td>b</td>c", "a\nb\nc"},
      {"a<svg<td>b", "ab"}, // An unknown element of that name, not an svg.
      {"<td><b>a</b></td><td><i>b</i></td>", "<b>a</b>\n<i>b</i>\n"},
      {"<td>a></td><td>b<!-- c --><td>d", "a&gt;\nb\nd"},
      {"x<!-- <table> --><td>a</td><td>b <tablet>c<td>d", "x\na\nb c\nd"},
      {"a<td>b</td><td>c<table><tr><td>d</td></tr></table><td>e<td>f",
       "a\nb\nc<table><tbody><tr><td>d</td></tr></tbody></table>e\nf"},
      {"a <b and a<b&c;d", "a &lt;b and a&lt;b&amp;c;d"},
      {"<p>a</p> <b", "<p>a</p> &lt;b"},
  };
  for (const auto& [given, kept] : table)
    CHECK_MESSAGE(cleaned(given) == std::string(kept), std::string(given));
}

TEST_CASE("limits count what a reader sees, and what was accepted is accepted again") {
  CHECK(cleaned(times(100'000, "\"")) == times(100'000, "\""));
  CHECK(cleaned(times(100'001, "\"")) == "refused: too_long 100000");
  CHECK(cleaned(times(100'000, "文")).size() == 300'000);
  CHECK(cleaned("<p>" + times(99'999, "&") + "</p>   <p>x</p>").size()
        == std::string("<p></p>   <p>x</p>").size() + std::size_t{99'999} * 5);
  CHECK(cleaned("<p>" + times(1'000, "a \n\t ") + "</p>" + times(98'000, "x")).size()
        == 7 + 5'000 + 98'000);
  const auto link = "<a href=\"https://a.org/" + times(2'000, "&amp;") + "\">x</a>";
  CHECK(cleaned(times(50, link)).starts_with("<a href="));
  CHECK(cleaned(times(150, link)) == "refused: too_much_markup 1048576");
}

TEST_CASE("an abstract is plain text on one line, escaped") {
  CHECK(plain_abstract("<h1>Title</h1><p>one<br>two</p><ul><li>a</li><li>b</li></ul>")
        == "Title one two a b");
  CHECK(plain_abstract("  a\n\n b\tc ") == "a b c");
  CHECK(plain_abstract("a<p>b</p>c<h5>d</h5><table><tr><td>e<td>f</table>g<hr>h")
        == "a b c d e f g h");
  CHECK(plain_abstract("o<b>n</b>e") == "one");
  CHECK(plain_abstract("<script>1</script>&lt;b&gt; &amp;") == "&lt;b&gt; &amp;");
  CHECK(plain_text("&lt;b&gt; &amp;", 100) == "<b> &");
  CHECK(plain_abstract("").empty());
}

TEST_CASE("an abstract has at most so many code points and cuts no entity") {
  CHECK(plain_abstract(times(101, "中")) == times(99, "中") + "…");
  CHECK(plain_abstract(times(100, "中")) == times(100, "中"));
  CHECK(plain_abstract("&lt;&lt;&lt;", 2) == "&lt;…");
  // Nor a word, where words have blanks between them and are short.
  CHECK(plain_text("on the quiet river", 12) == "on the…");
  CHECK(plain_text("on the quiet river", 13) == "on the quiet…");
  CHECK(plain_text("on the quiet river", 14) == "on the quiet…");
  CHECK(plain_text("тихая река", 8) == "тихая…");
  CHECK(plain_text("在 安静的河", 5) == "在 安静…");
  CHECK(plain_text("a " + times(40, "x"), 24) == "a " + times(21, "x") + "…");
  CHECK(plain_text("a " + times(40, "x"), 23) == "a…");
  CHECK(plain_abstract("<p>" + times(2'400, "<b>x</b>")) == times(99, "x") + "…");
  CHECK(rc::check("limit", [](const std::string& bytes, std::uint8_t limit) {
    const auto text = plain_text(bytes, limit);
    RC_ASSERT(count_code_points(text).has_value());
    RC_ASSERT(*count_code_points(text) <= limit);
    RC_ASSERT(is_clean_text(text, line_breaks::refused));
  }));
}

} // namespace tinybook::test
