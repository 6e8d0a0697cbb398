#include "storage/support/validate.hpp"

#include "config/loader.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/text.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook {

namespace {

std::string times(std::size_t n, std::string_view piece) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i)
    text += piece;
  return text;
}

/// The one field error of a refusal; fails the test when there is none.
field_error refusal(const result<std::string>& checked) {
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().code == errc::invalid_field);
  REQUIRE(checked.error().fields.size() == 1);
  return checked.error().fields.front();
}

field_rule email_rule(std::string_view text) {
  return refusal(check_email("email", text)).rule;
}

} // namespace

TEST_CASE("an e-mail is trimmed and lowered") {
  CHECK(*check_email("email", "  Some.One+tag@Example.ORG ")
        == "some.one+tag@example.org");
  for (const char* good :
       {"a@b.co", "a@b-c.d0.org", "用户@例子.公司", "o'x@a.museum", "_@x.y1"})
    CHECK_MESSAGE(check_email("email", good).ok(), good);
}

TEST_CASE("what is not an e-mail is refused by its rule") {
  for (const char* bad :
       {"a",           "@",         "a@",       "@b.co",      "a@b",
        "a@@b.co",     "a@b@c.co",  "a b@c.co", "a@b .co",    ".a@b.co",
        "a.@b.co",     "a..b@c.co", "a@.b.co",  "a@b..co",    "a@b.co.",
        "a@-b.co",     "a@b-.co",   "a@b_c.co", "\"a\"@b.co", "a@[127.0.0.1]",
        "a@127.0.0.1", "a<b>@c.co", "a,b@c.co"})
    CHECK_MESSAGE(email_rule(bad) == field_rule::not_email, bad);
  CHECK(email_rule("") == field_rule::required);
  CHECK(email_rule("   ") == field_rule::required);
  CHECK(email_rule("a@b.c\xff") == field_rule::not_utf8);
  CHECK(email_rule(std::string_view("a\0@b.co", 7)) == field_rule::not_utf8);
  CHECK(email_rule("a\n@b.co") == field_rule::hidden_character);
  CHECK(email_rule(times(65, "a") + "@b.co") == field_rule::not_email);
  CHECK(check_email("email", times(64, "a") + "@b.co").ok());
}

TEST_CASE("an e-mail has up to 254 bytes") {
  const auto with_host = [](std::size_t bytes) {
    std::string email = times(50, "a") + "@";
    while (email.size() + 64 < bytes)
      email += times(60, "b") + ".";
    return email + times(bytes - email.size(), "c");
  };
  CHECK(with_host(254).size() == 254);
  CHECK(check_email("email", with_host(254)).ok());
  CHECK(refusal(check_email("email", with_host(255)))
        == field_error{"email", field_rule::too_long, 254});
  CHECK(email_rule(times(1'000'000, "a.") + "@") == field_rule::too_long);
}

TEST_CASE("an accepted e-mail is accepted again as it is") {
  CHECK(rc::check("idempotent", [] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("aZ09@.-+_ \t\"<'\xc3\xa4")));
    if (const auto once = check_email("email", text))
      RC_ASSERT(*check_email("email", *once) == *once);
  }));
}

TEST_CASE("a password has 8 to 128 code points and is left as it is") {
  const auto lengths = config::defaults().passwords;
  CHECK(*check_password("password", " pass word ", lengths) == " pass word ");
  CHECK(check_password("password", times(8, "密"), lengths).ok());
  CHECK(check_password("password", times(128, "密"), lengths).ok());
  CHECK(refusal(check_password("password", times(7, "密"), lengths))
        == field_error{"password", field_rule::too_short, 8});
  CHECK(refusal(check_password("password", times(129, "密"), lengths))
        == field_error{"password", field_rule::too_long, 128});
  CHECK(refusal(check_password("password", "", lengths)).rule == field_rule::too_short);
  CHECK(refusal(check_password("password", "abcdefgh\n", lengths)).rule
        == field_rule::hidden_character);
  CHECK(refusal(check_password("password", "abcdefgh\xff", lengths)).rule
        == field_rule::not_utf8);
}

TEST_CASE("a nickname has 1 to 10 code points on one line") {
  CHECK(*check_nickname("nickname", "  小明  ") == "小明");
  CHECK(check_nickname("nickname", times(10, "😀")).ok());
  CHECK(refusal(check_nickname("nickname", times(11, "😀")))
        == field_error{"nickname", field_rule::too_long, 10});
  CHECK(refusal(check_nickname("nickname", " \u3000 ")).rule == field_rule::required);
  CHECK(refusal(check_nickname("nickname", "a\nb")).rule == field_rule::hidden_character);
  CHECK(refusal(check_nickname("nickname", "a\x7f")).rule
        == field_rule::hidden_character);
}

TEST_CASE("about-me may be empty and have lines, up to 200 code points") {
  CHECK(check_about_me("aboutMe", "").ok());
  CHECK(*check_about_me("aboutMe", "a\r\n\tb") == "a\r\n\tb");
  CHECK(check_about_me("aboutMe", times(200, "字")).ok());
  CHECK(refusal(check_about_me("aboutMe", times(201, "字")))
        == field_error{"aboutMe", field_rule::too_long, 200});
  CHECK(refusal(check_about_me("aboutMe", "a\x1b[0m")).rule
        == field_rule::hidden_character);
}

TEST_CASE("a birthday is a real day and not in the future") {
  const auto today = *parse_date("2024-02-29");
  CHECK(*check_birthday("birthday", "2024-02-29", today) == "2024-02-29");
  CHECK(check_birthday("birthday", "1900-01-01", today).ok());
  CHECK(refusal(check_birthday("birthday", "2024-03-01", today)).rule
        == field_rule::in_future);
  CHECK(refusal(check_birthday("birthday", "2023-02-29", today)).rule
        == field_rule::not_date);
  CHECK(refusal(check_birthday("birthday", "", today)).rule == field_rule::not_date);
}

TEST_CASE("titles keep to their limits") {
  CHECK(*check_title("title", " A title ") == "A title");
  CHECK(check_title("title", times(100, "题")).ok());
  CHECK(refusal(check_title("title", times(101, "题"))).limit == 100);
  CHECK(refusal(check_title("title", "")).rule == field_rule::required);
}

TEST_CASE("limits can be configured") {
  field_limits limits;
  limits.nickname_max = 2;
  CHECK(refusal(check_nickname("nickname", "abc", limits)).limit == 2);
}

TEST_CASE("lengths are counted in code points for any text") {
  CHECK(rc::check("length", [](const std::string& text) {
    const auto count = count_code_points(text);
    const bool good = count && is_clean_text(text, line_breaks::allowed) && *count <= 200;
    RC_ASSERT(check_about_me("aboutMe", text).ok() == good);
  }));
}

TEST_CASE("a report names every field that was refused") {
  field_report report;
  CHECK(report.ok());
  CHECK(report.take(check_title("title", "ok")) == "ok");
  CHECK(report.ok());
  CHECK(report.take(check_nickname("nickname", "")).empty());
  CHECK(
      report.take(check_password("password", "x", config::defaults().passwords)).empty());
  report.note(field_error{"confirmPassword", field_rule::mismatch});
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == errc::invalid_field);
  REQUIRE(report.error().fields.size() == 3);
  CHECK(report.error().fields[1].field == "password");
}

} // namespace tinybook
