#include "actors/articles/html_cleaner.hpp"

#include "storage/support/text.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <utility>

namespace tinybook {

namespace {

std::string times(std::size_t n, std::string_view piece) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i)
    text += piece;
  return text;
}

constexpr std::string_view link_end = "\" rel=\"nofollow noopener\">";

} // namespace

TEST_CASE("simple HTML stays as it is") {
  for (const char* html :
       {"", "plain", "<p>one</p><p>two</p>", "a<br>b", "<b>b</b><strong>s</strong>",
        "<i>i</i><em>e</em><u>u</u><s>s</s>", "<blockquote>q</blockquote>",
        "<pre><code>x  y\n z</code></pre>", "<ul><li>1</li><li>2</li></ul>",
        "<ol><li>1</li></ol>", "<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4>",
        "a &lt; b &amp; c", "  two  spaces\n", "中文 😀",
        "<a href=\"https://a.org/?x=1&amp;y=2\" rel=\"nofollow noopener\">l</a>"})
    CHECK(clean_html(html) == html);
}

TEST_CASE("known attacks leave nothing behind") {
  const std::pair<const char*, const char*> table[] = {
      {"<script>alert(1)</script>x", "x"},
      {"<SCRIPT SRC=//evil/x.js></SCRIPT>x", "x"},
      {"<script>alert(1)//", ""},
      {"<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"},
      {"<img src=x onerror=alert(1)>", ""},
      {"<img/src=x/onerror=alert(1)//", ""},
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
      {"<form action=x><input onfocus=1 autofocus><button>b</button></form>", "b"},
      {"<textarea></textarea><script>1</script>", ""},
      {"<xmp><script>1</script></xmp>", "&lt;script&gt;1&lt;/script&gt;"},
      {"&lt;script&gt;1&lt;/script&gt;", "&lt;script&gt;1&lt;/script&gt;"},
      {"<meta http-equiv=refresh content=0>x", "x"},
      {"<base href=//evil>x", "x"},
      {"<link rel=stylesheet href=x>x", "x"},
      {"<div><span>x</span></div>", "x"},
      {"<p", ""},
      {"a < b > c", "a &lt; b &gt; c"},
      {"\"'&", "&quot;&#39;&amp;"},
      {"<b>x", "<b>x</b>"},
      {"x</b></p>", "x<p></p>"},
      {"<h5>x</h5>", "x"},
  };
  for (const auto& [bad, good] : table)
    CHECK_MESSAGE(clean_html(bad) == std::string(good), std::string(bad));
}

TEST_CASE("links keep http, https and mailto, with their quotes escaped") {
  const auto link = [](std::string_view href) {
    return "<a href=\"" + std::string(href) + std::string(link_end) + "x</a>";
  };
  CHECK(clean_html("<a href='HTTP://a.org'>x</a>") == link("HTTP://a.org"));
  CHECK(clean_html("<a href=mailto:a@b.org>x</a>") == link("mailto:a@b.org"));
  CHECK(clean_html("<a href='http://a.org/\"onclick=1'>x</a>")
        == link("http://a.org/&quot;onclick=1"));
  CHECK(clean_html("<a href='  http://a.org\n' target=_top rel=opener>x</a>")
        == link("http://a.org"));
  CHECK(clean_html("<a href='http://" + times(3'000, "a") + "'>x</a>") == "x");
}

TEST_CASE("control characters and bad bytes never come out") {
  CHECK(clean_html("a&#1;b&#0;c\x02") == "ab\uFFFDc");
  CHECK(clean_html(std::string_view("a\0b", 3)) == "ab");
  CHECK(clean_html("a\r\nb\rc") == "a\nb\nc");
  CHECK(clean_html("a\xff") == "a\uFFFD");
  CHECK(clean_html("<pre>\n\nx</pre>") == "<pre>\n\nx</pre>");
}

TEST_CASE("cleaning is idempotent and lets only the allow-list through, for any soup") {
  const auto soup = rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{"<p>",
                                                  "</p>",
                                                  "<b>",
                                                  "</b>",
                                                  "<i>",
                                                  "</i>",
                                                  "<a>",
                                                  "</a>",
                                                  "<ul>",
                                                  "</ul>",
                                                  "<li>",
                                                  "</li>",
                                                  "<pre>",
                                                  "</pre>",
                                                  "<table>",
                                                  "<tr>",
                                                  "<td>",
                                                  "</td>",
                                                  "</table>",
                                                  "<h1>",
                                                  "</h1>",
                                                  "<div>",
                                                  "</div>",
                                                  "<script>",
                                                  "</script>",
                                                  "<style>",
                                                  "</style>",
                                                  "<br>",
                                                  "</br>",
                                                  "<svg>",
                                                  "</svg>",
                                                  "<title>",
                                                  "</title>",
                                                  "<math>",
                                                  "<mi>",
                                                  "</math>",
                                                  "<!--",
                                                  "-->",
                                                  "<textarea>",
                                                  "</textarea>",
                                                  "<select>",
                                                  "<option>",
                                                  "<template>",
                                                  "</template>",
                                                  "<button>",
                                                  "</button>",
                                                  "<form>",
                                                  "<a href=http://x>",
                                                  "<a href='javascript:1'>",
                                                  "<a href=\"https://y/?&\">",
                                                  "<b id=1>",
                                                  "<u class=2>",
                                                  "<font>",
                                                  "<plaintext>",
                                                  "<xmp>",
                                                  "<noscript>",
                                                  "<frameset>",
                                                  "<blockquote>",
                                                  "<code>",
                                                  "<isindex>",
                                                  "<image>",
                                                  "<nobr>",
                                                  "<caption>",
                                                  "<col>",
                                                  "<",
                                                  ">",
                                                  "&",
                                                  "&lt;",
                                                  "&#60;",
                                                  "&amp",
                                                  "\"",
                                                  "'",
                                                  "x",
                                                  " ",
                                                  "\n",
                                                  "\r",
                                                  "中",
                                                  "\x01",
                                                  "&#13;",
                                                  "&#0;",
                                                  "<![CDATA[",
                                                  "]]>",
                                                  "<?",
                                                  "</",
                                                  "=",
                                                  "onerror=1"}));
  CHECK(rc::check("soup", [&] {
    std::string html;
    for (const auto& piece : *soup)
      html += piece;
    const auto clean = clean_html(html);
    RC_ASSERT(clean_html(clean) == clean);
    RC_ASSERT(is_clean_text(clean, line_breaks::allowed));
    // Each < of the result starts one of the tags that we write ourselves.
    for (auto at = clean.find('<'); at != std::string::npos;
         at = clean.find('<', at + 1)) {
      auto tag = clean.substr(at + 1, clean.find('>', at) - at - 1);
      if (tag.starts_with("a href=\"http") && tag.ends_with("\" rel=\"nofollow noopener"))
        RC_FAIL("the quote of rel must be closed");
      if (tag.starts_with("a href=\"http")
          && tag.ends_with("\" rel=\"nofollow noopener\""))
        continue;
      if (tag.starts_with('/'))
        tag.erase(0, 1);
      RC_TAG(tag);
      RC_ASSERT(
          std::string(" p br b i u a ul li pre h1 blockquote code ").find(" " + tag + " ")
          != std::string::npos);
    }
  }));
}

TEST_CASE("random bytes are cleaned without a crash, and idempotently") {
  CHECK(rc::check("bytes", [](const std::string& bytes) {
    const auto clean = clean_html(bytes);
    RC_ASSERT(clean_html(clean) == clean);
  }));
}

TEST_CASE("deep and tangled markup stays bounded in memory and depth") {
  for (const auto& html :
       {times(7'000, "<b>"), times(7'000, "<div><p>"), times(33'000, "<b>"),
        times(7'000, "<blockquote>") + "x", times(5'000, "<ul><li>"), times(100'000, "<"),
        times(3'000, "<table><td>"), times(5'000, "<b><p></b>"), times(5'000, "<svg>"),
        "<p " + times(20'000, "a b c ") + ">x"}) {
    const auto clean = clean_html(html);
    CHECK(clean_html(clean) == clean);
  }
  CHECK(clean_html(times(7'000, "<blockquote>") + "x").find('x') != std::string::npos);
}

TEST_CASE("markup that multiplies itself is kept as text") {
  // Each p opens all the b anew that the p before it left open.
  std::string html;
  for (int i = 0; i < 4'000; ++i)
    html += "<p><b id=" + std::to_string(i) + ">";
  html += times(4'000, "<p>x");
  const bool kept_as_text = clean_html(html) == escape_html(html);
  CHECK(kept_as_text);
}

TEST_CASE("an abstract is plain text on one line, escaped") {
  CHECK(plain_abstract("<h1>Title</h1><p>one<br>two</p><ul><li>a</li><li>b</li></ul>")
        == "Title one two a b");
  CHECK(plain_abstract("  a\n\n b\tc ") == "a b c");
  CHECK(plain_abstract("o<b>n</b>e") == "one");
  CHECK(plain_abstract("<script>1</script>&lt;b&gt; &amp;") == "&lt;b&gt; &amp;");
  CHECK(plain_text("&lt;b&gt; &amp;", 100) == "<b> &");
  CHECK(plain_abstract("").empty());
}

TEST_CASE("an abstract has at most so many code points and cuts no entity") {
  CHECK(plain_abstract(times(101, "中")) == times(99, "中") + "…");
  CHECK(plain_abstract(times(100, "中")) == times(100, "中"));
  CHECK(plain_abstract("&lt;&lt;&lt;", 2) == "&lt;…");
  CHECK(plain_abstract("<p>" + times(30'000, "<b>x</b>")).size() <= 100 * 4);
  CHECK(rc::check("limit", [](const std::string& bytes, std::uint8_t limit) {
    const auto text = plain_text(bytes, limit);
    RC_ASSERT(count_code_points(text).has_value());
    RC_ASSERT(*count_code_points(text) <= limit);
    RC_ASSERT(is_clean_text(text, line_breaks::refused));
  }));
}

} // namespace tinybook
