#include "storage/support/text.hpp"
#include "tests/actors/articles/cleaned.hpp"

#include <utf8.h>

#include <iterator>
#include <rapidcheck.h>
#include <set>
#include <vector>

namespace tinybook::test {

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
    const auto result = clean_html(html);
    RC_CLASSIFY(!result.ok(), "refused");
    if (!result) {
      RC_ASSERT(result.error().fields[0].rule == field_rule::too_tangled);
      return;
    }
    const auto& clean = *result;
    RC_ASSERT(cleaned(clean) == clean);
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
      RC_ASSERT(std::string(" p br hr b i u a ul li pre h1 blockquote code table "
                            "caption tbody tr td ")
                    .find(" " + tag + " ")
                != std::string::npos);
    }
  }));
}

TEST_CASE("random bytes are cleaned without a crash, and idempotently") {
  CHECK(rc::check("bytes", [](const std::string& bytes) {
    const auto clean = clean_html(bytes);
    RC_ASSERT(clean.ok());
    RC_ASSERT(cleaned(*clean) == *clean);
  }));
}

TEST_CASE("no character that a reader sees is lost, for any text in any markup") {
  const auto pieces = rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{
          "<p>",       "</p>",    "<div>",        "</div>",        "<b>",
          "</b>",      "<table>", "</table>",     "<tr>",          "<td>",
          "</td>",     "<ul>",    "<li>",         "</ul>",         "<h2>",
          "</h2>",     "<pre>",   "</pre>",       "<section>",     "</section>",
          "<a>",       "</a>",    "<span>",       "</span>",       "<dl>",
          "<dt>",      "<dd>",    "<blockquote>", "</blockquote>", "<sub>",
          "</sub>",    "<hr>",    "<br>",         "<form>",        "<button>",
          "</button>", "<font>",  "<caption>",    "<center>"}));
  CHECK(rc::check("text", [&] {
    std::string html;
    std::string seen;
    char32_t next = U'一';
    for (const auto& piece : *pieces) {
      std::string letter;
      utf8::append(static_cast<std::uint32_t>(next++), std::back_inserter(letter));
      html += letter + piece;
      seen += letter;
    }
    const auto clean = clean_html(html);
    RC_CLASSIFY(!clean.ok(), "refused");
    if (!clean)
      return;
    // The parser moves misplaced text out of a table: all of it is there, in any order.
    std::set<std::string> left;
    for (std::size_t at = 0; at < seen.size(); at += 3)
      left.insert(seen.substr(at, 3));
    for (std::size_t at = 0; at < clean->size();) {
      const bool wide = (static_cast<unsigned char>((*clean)[at]) & 0x80U) != 0;
      if (wide)
        RC_ASSERT(left.erase(clean->substr(at, 3)) == 1);
      at += wide ? 3 : 1;
    }
    RC_ASSERT(left.empty());
    for (std::size_t at = 0; at < seen.size(); at += 3)
      RC_ASSERT(plain_text(*clean, 100'000).find(seen.substr(at, 3))
                != std::string::npos);
  }));
}

} // namespace tinybook::test
