#include "storage/support/unicode.hpp"

#include "config/loader.hpp"
#include "storage/support/text.hpp"
#include "storage/support/validate.hpp"

#include <doctest/doctest.h>
#include <utf8.h>

#include <iterator>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

/// Any text of any code points but NUL and surrogates.
rc::Gen<std::string> any_text() {
  return rc::gen::map(rc::gen::container<std::vector<std::uint32_t>>(rc::gen::oneOf(
                          rc::gen::inRange<std::uint32_t>(1, 0x300),
                          rc::gen::inRange<std::uint32_t>(0x300, 0xd800),
                          rc::gen::inRange<std::uint32_t>(0xe000, 0x110000))),
                      [](const std::vector<std::uint32_t>& points) {
                        std::string text;
                        for (const auto c : points)
                          utf8::append(c, std::back_inserter(text));
                        return text;
                      });
}

errc code_of(const result<std::string>& checked) {
  return checked ? errc::none : checked.error().code;
}

field_rule rule_of(const result<std::string>& checked) {
  REQUIRE_FALSE(checked.ok());
  return checked.error().fields.at(0).rule;
}

} // namespace

TEST_CASE("names without a visible or with a hidden character are refused") {
  for (const auto* name : {"\u2003", "\u3000", "\u00a0", " \u2028 ", "\u2029", "\u0085"})
    CHECK_MESSAGE(rule_of(check_nickname("nickname", name)) == field_rule::required,
                  name);
  for (const auto* name : {"\u2800", "\u0301", "\u20dd", "\u2800\u2003\u2800", "\u0903"})
    CHECK_MESSAGE(rule_of(check_title("title", name)) != field_rule::required, name);
  for (const auto* name : {"\u200b",
                           "\u2060",
                           "\u00ad",
                           "\u3164",
                           "\u115f",
                           "\uffa0",
                           "\u200e",
                           "\u061c",
                           "a\u202eb",
                           "a\u2066b",
                           "a\u200bb",
                           "a\u00adb",
                           "a\u3164",
                           "a\u2028b",
                           "a\u0007b",
                           "a\ue000b",
                           "\u2065",
                           "\ufff8",
                           "\ufdd0",
                           "a\uffff",
                           "\U000e0fff",
                           "\U0001d159",
                           "\U000e0041",
                           "a\U000e0041",
                           "a\u200d",
                           "\u200da",
                           "a\u200db",
                           "a\ufe0f",
                           "\ufe0f",
                           "\U0001f600\u200d",
                           "\U0001f600\u200da",
                           "\ufeffa\ufeffb",
                           "a\u200cb",
                           "\u200c\u0645",
                           "\u0645\u200c",             // Joins with nothing.
                           "\u0645\u200d\u06cc",       // They join without it.
                           "\u0627\u200c\u0645",       // An alef never joins the next.
                           "\u0645\u200c\u200c\u06cc", // Twice.
                           "\u0915\u200d\u0937",       // No virama.
                           "\u0915\u094d\u200c",       // Nothing to be kept apart from.
                           "\u0915\u094d\u200d\u200d",
                           "\u0915\u094d\u200d\u093e",
                           "a\u094d\u200db", // A virama on a Latin letter.
                           "\u094d\u200d\u0937",
                           "\u0995\u200d\u094d\u0937", // A virama of another script.
                           "\u09be\u200d\u09cd",       // No letter in front.
                           "\u09b0\u200d\u200d\u09cd\u09af",
                           "a\u180b",
                           "\u180b\u1820",
                           "\u1820\u180b\u180b",
                           "\u6f22\u180c",
                           "\U0001f3f4\U000e0067\U000e0062\U000e007f",
                           "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067",
                           "\U0001f3f4\U000e0075\U000e0073\U000e0074\U000e0078\U000e007f",
                           "\U0001f600\U000e0065\U000e007f"})
    CHECK_MESSAGE(
        rule_of(check_nickname("nickname", name)) == field_rule::hidden_character, name);
}

TEST_CASE("names of all scripts and emoji of all kinds are taken") {
  for (const auto* name :
       {"Ann",
        "\u5b89\u5b89",
        "\U0002a6df\U00030000",
        "\u0627\u062d\u0645\u062f",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
        "e\u0301mile",
        "\uac00\ub098",
        "\U0001f600",
        "\U0001f44d\U0001f3fd",
        "1\ufe0f\u20e3",
        "\u2764\ufe0f",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f44d\U0001f3fd\u200d\u2642\ufe0f",
        "\U0001f1e8\U0001f1f3",
        "\u845b\U000e0100",
        "\U0003fffd x",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", // Persian: I want.
        "\u0645\u06cc\u064e\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0928\u0947\u092a\u093e\u0932\u0915\u094d\u200d\u0937",
        "\u0915\u094d\u200c\u0937",
        "\u0915\u093c\u094d\u200d\u0937",
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf", // Sri Lanka.
        "\u0d05\u0d35\u0d28\u0d4d\u200d",                          // An old chillu.
        "\u0995\u09cd\u200d\u09af",
        "\u09b0\u200d\u09cd\u09af\u09be\u09ac",             // Bengali: a wrapper.
        "\u1820\u180b\u182d\u180c\u1822\u180d\u1828\u180f", // Mongolian.
        "\u0c95\u0ccd\u200c\u0cb7",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f A",
        "\U0001f3f4\u200d\u2620\ufe0f"})
    CHECK_MESSAGE(code_of(check_nickname("nickname", name)) == errc::none, name);
  CHECK(*check_nickname("nickname", "\u3000\u2003 Ann\u00a0\u2028\n") == "Ann");
}

TEST_CASE("one mailbox is one e-mail, however it is typed") {
  const std::pair<const char*, const char*> table[] = {
      {"ann@example.org", "ann@example.org"},
      {" Ann@Example.ORG\u3000", "ann@example.org"},
      {"\uff41nn\uff20example\uff0eorg", "ann@example.org"},
      {"an\u200bn@exam\u2060ple.org", "ann@example.org"},
      {"\ufeffann@example.org", "ann@example.org"},
      {"a\u00adnn@example.org", "ann@example.org"},
      {"\u00c4nn@example.org", "\u00e4nn@example.org"},
      {"A\u0308nn@example.org", "\u00e4nn@example.org"},
      {"\u039f\u0394\u039f\u03a3@x.org", "\u03bf\u03b4\u03bf\u03c3@x.org"},
      {"\u03bf\u03b4\u03bf\u03c2@x.org", "\u03bf\u03b4\u03bf\u03c3@x.org"},
      {"\u0130x@x.org", "i\u0307x@x.org"},
      {"x@B\u00dcCHER.example", "x@xn--bcher-kva.example"},
      {"x@bu\u0308cher.example", "x@xn--bcher-kva.example"},
      {"x@b\u00fccher\u3002example", "x@xn--bcher-kva.example"},
      {"x@XN--BCHER-KVA.example", "x@xn--bcher-kva.example"},
      {"\u7528\u6237@\u4f8b\u5b50.\u4e2d\u56fd", "\u7528\u6237@xn--fsqu00a.xn--fiqs8s"},
      {"stra\u00dfe@stra\u00dfe.example", "stra\u00dfe@xn--strae-oqa.example"},
  };
  for (const auto& [typed, known] : table) {
    const auto checked = check_email("email", typed);
    REQUIRE_MESSAGE(checked, typed);
    CHECK(*checked == std::string(known));
  }
  for (const auto* bad :
       {"", "a", "@", "a@", "@b.org", "a@b", "a@b@c.org", "a\uff20b@c.org", "a b@c.org",
        "a@b\u00a0c.org", "a@-b.org", "a@b..org", "a@1.2", "a@b.org\u0600",
        "\u0600@b.org", "a@\u2028.org", "a@\U0001f600\u200d.org"})
    CHECK_MESSAGE(code_of(check_email("email", bad)) == errc::invalid_field, bad);
}

TEST_CASE("an e-mail that was taken is taken again as it is, for any text") {
  CHECK(rc::check("email", [] {
    const auto local = *any_text();
    const auto domain = *rc::gen::oneOf(any_text(), rc::gen::just(std::string("b")));
    const auto checked = check_email("email", local + '@' + domain + ".org");
    RC_CLASSIFY(checked.ok(), "taken");
    if (!checked)
      return;
    RC_ASSERT(is_utf8(*checked));
    RC_ASSERT(*check_email("email", *checked) == *checked);
    RC_ASSERT(!has_hidden_character(*checked));
  }));
}

TEST_CASE("a password is the same in either form of its accents and spaces") {
  const auto one = [](const char* typed) {
    return *check_password("password", typed, config::defaults().passwords);
  };
  CHECK(one("p\u00e4sswo\u0308rd") == one("pa\u0308ssw\u00f6rd"));
  CHECK(one("correct\u00a0horse") == "correct horse");
  CHECK(one("correct\u3000horse") == "correct horse");
  CHECK(one(" \uff30assw\u00d6rd ") == " \uff30assw\u00d6rd "); // Neither folded nor cut.
  CHECK(rc::check("opaque", [] {
    const auto once = opaque_string(*any_text());
    RC_ASSERT(opaque_string(once) == once);
  }));
}

TEST_CASE("folding twice is folding once, for any text") {
  CHECK(rc::check("folded", [] {
    const auto once = folded(*any_text());
    RC_ASSERT(folded(once) == once);
  }));
}

} // namespace tinybook
