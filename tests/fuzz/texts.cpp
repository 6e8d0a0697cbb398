#include "actors/articles/html_cleaner.hpp"
#include "actors/articles/html_writer.hpp"
#include "config/loader.hpp"
#include "storage/support/text.hpp"
#include "storage/support/unicode.hpp"
#include "storage/support/validate.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <string>

namespace tinybook::fuzz {

namespace {

/// The visible bytes of `html`, sorted, since parsing a table may move text.
std::string seen_in(std::string_view html) {
  const auto text = normalised(html);
  const html_tree tree(text);
  if (tree.fault() != html_fault::none)
    return {};
  auto seen = normalised(words_of(tree, text.size() * 4));
  std::erase_if(seen, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
  std::ranges::sort(seen);
  return seen;
}

} // namespace

void html(std::string_view input) {
  const html_limits limits{1000, 20'000};
  const auto clean = clean_html(input, limits);
  if (!clean) {
    expect(clean.error().code == errc::invalid_field && clean.error().fields.size() == 1,
           "what is refused names its rule");
    return;
  }
  expect(is_clean_text(*clean, line_breaks::allowed), "HTML holds no control characters");
  expect(clean->size() <= limits.bytes, "HTML keeps to its limit");
  const auto again = clean_html(*clean, limits);
  expect(again.ok() && *again == *clean, "what was accepted is accepted again unchanged");
  // There may be more: text after an unclosed < is kept, which a parser would drop.
  expect(std::ranges::includes(seen_in(*clean), seen_in(input)),
         "no character that a reader sees is lost");
  for (const char* never : {"<script", "<style", "<svg", "<iframe", " on", " style="})
    for (auto at = clean->find('<'); at != std::string::npos;
         at = clean->find('<', at + 1)) {
      const auto tag = clean->substr(at, clean->find('>', at) - at);
      if (!tag.starts_with("<a ") && !tag.starts_with("<img "))
        expect(tag.find(never) == std::string::npos, "only simple tags come out");
    }
}

void emails(std::string_view input) {
  const auto checked = check_email("email", input);
  if (checked) {
    expect(is_utf8(*checked) && checked->size() <= field_limits{}.email_bytes,
           "an e-mail is short UTF-8");
    const auto again = check_email("email", *checked);
    expect(again.ok() && *again == *checked, "an e-mail has one form");
    expect(!has_hidden_character(*checked), "an e-mail hides nothing");
  }
  if (const auto name = check_nickname("nickname", input)) {
    expect(has_visible_character(*name), "a name shows something");
    expect(*check_nickname("nickname", *name) == *name, "a name is taken as it is");
  }
  if (const auto password =
          check_password("password", input, config::defaults().passwords))
    expect(opaque_string(*password) == *password, "a password has one form");
}

} // namespace tinybook::fuzz
