#include "storage/support/text.hpp"

#include <doctest/doctest.h>
#include <utf8.h>

#include <algorithm>
#include <rapidcheck.h>

namespace tinybook {

namespace {

/// Any code points that UTF-8 can hold, many of them special.
rc::Gen<std::u32string> code_points() {
  return rc::gen::container<std::u32string>(rc::gen::weightedOneOf<char32_t>(
      {{4, rc::gen::cast<char32_t>(rc::gen::inRange<std::uint32_t>(0x20, 0x7f))},
       {1, rc::gen::cast<char32_t>(rc::gen::inRange<std::uint32_t>(0, 0xa1))},
       {1,
        rc::gen::elementOf(std::u32string(U"\u00a0\u3000\ufeff\u4e2d\u6587\U0001f600 "))},
       {1, rc::gen::cast<char32_t>(rc::gen::inRange<std::uint32_t>(0xe000, 0x10ffff))}}));
}

std::string to_utf8(const std::u32string& points) {
  std::string text;
  for (char32_t c : points)
    utf8::append(c, std::back_inserter(text));
  return text;
}

} // namespace

TEST_CASE("code points are counted, not bytes") {
  CHECK(rc::check("count", [] {
    const auto points = *code_points();
    RC_ASSERT(count_code_points(to_utf8(points)) == points.size());
  }));
  CHECK(count_code_points("中文😀") == 3);
}

TEST_CASE("what is not UTF-8 has no length and is not clean") {
  for (std::string_view text :
       {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe4\xb8", "a\xff",
        "\xf4\x90\x80\x80", "\xe0\x80\x80"}) {
    CHECK_FALSE(is_utf8(text));
    CHECK_FALSE(count_code_points(text));
    CHECK_FALSE(is_clean_text(text, line_breaks::allowed));
  }
}

TEST_CASE("text with a byte changed or cut off is UTF-8 where the library says so") {
  CHECK(rc::check("is_utf8", [] {
    auto text = std::string(*rc::gen::inRange<std::size_t>(0, 20), 'a')
                + to_utf8(*code_points()) + to_utf8(*code_points());
    if (!text.empty() && *rc::gen::arbitrary<bool>())
      text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    text.resize(*rc::gen::inRange<std::size_t>(0, text.size() + 1));
    RC_ASSERT(is_utf8(text) == utf8::is_valid(text.begin(), text.end()));
  }));
}

TEST_CASE("one byte makes a text something else than ASCII, wherever it stands") {
  for (std::size_t size = 0; size <= 20; ++size) {
    std::string text(size, '\x7f');
    CHECK(is_ascii(text));
    for (auto& c : text) {
      c = '\x80';
      CHECK_FALSE(is_ascii(text));
      c = '\0';
    }
    CHECK(is_ascii(text));
  }
}

TEST_CASE("control characters are refused, line breaks where they may not be") {
  CHECK(rc::check("clean", [] {
    const auto points = *code_points();
    const auto control = [](char32_t c) {
      return c < 0x20 || (c >= 0x7f && c < 0xa0);
    };
    const auto hard = [&](char32_t c) {
      return control(c) && c != U'\n' && c != U'\t' && c != U'\r';
    };
    const auto text = to_utf8(points);
    RC_ASSERT(is_clean_text(text, line_breaks::refused)
              == std::ranges::none_of(points, control));
    RC_ASSERT(is_clean_text(text, line_breaks::allowed)
              == std::ranges::none_of(points, hard));
  }));
  CHECK_FALSE(is_clean_text(std::string_view("a\0b", 3), line_breaks::allowed));
}

TEST_CASE("trim takes white space off both ends and nothing else") {
  CHECK(rc::check("trim", [] {
    const auto points = *code_points();
    const std::u32string spaces =
        U" \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
        U"\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    const auto first = points.find_first_not_of(spaces);
    const auto last = points.find_last_not_of(spaces);
    const auto expected = first == std::u32string::npos
                              ? std::string()
                              : to_utf8(points.substr(first, last - first + 1));
    RC_ASSERT(trim(to_utf8(points)) == expected);
  }));
}

TEST_CASE("truncation keeps whole code points and counts the ellipsis") {
  CHECK(rc::check("truncate", [](std::uint8_t limit) {
    const auto points = *code_points();
    const auto cut = truncate_code_points(to_utf8(points), limit, "…");
    RC_ASSERT(*count_code_points(cut) == std::min<std::size_t>(limit, points.size()));
    if (points.size() <= limit)
      RC_ASSERT(cut == to_utf8(points));
    else if (limit > 0)
      RC_ASSERT(cut == to_utf8(points.substr(0, limit - 1U)) + "…");
  }));
  CHECK(truncate_code_points("ab\xff", 9) == "ab");
}

TEST_CASE("masks of phones show country and ends only") {
  CHECK(mask_phone("+8613800138000") == "+86138****8000");
  CHECK(mask_phone("+15005550006") == "+150****0006");
  CHECK(mask_phone("110") == "***");
  CHECK(mask_phone("") == "");
  CHECK(mask_phone("138 0013\n8000").find('\n') == std::string::npos);
}

TEST_CASE("no mask of a phone shows more than what hides four digits of it") {
  CHECK(rc::check("mask", [] {
    const auto digits =
        *rc::gen::container<std::string>(rc::gen::inRange<char>('0', '9' + 1));
    const auto masked = mask_phone("+" + digits);
    const auto hidden = static_cast<std::size_t>(std::ranges::count(masked, '*'));
    const auto kept = std::min<std::size_t>(digits.size(), 31);
    RC_ASSERT(hidden >= std::min<std::size_t>(kept, 4));
    RC_ASSERT(masked.size() == kept + 1);
  }));
}

TEST_CASE("masks of e-mail addresses show one letter and the host") {
  CHECK(mask_email("someone@example.org") == "s***@example.org");
  CHECK(mask_email("中@例.org") == "中***@例.org");
  CHECK(mask_email("nothing") == "***");
  CHECK(mask_email("@x") == "***");
}

TEST_CASE("lower_ascii leaves other bytes alone") {
  CHECK(lower_ascii("ÄBc@X.Org") == "Äbc@x.org");
}

} // namespace tinybook
