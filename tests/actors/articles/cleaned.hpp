#pragma once

#include "actors/articles/html_cleaner.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>

namespace tinybook::test {

inline std::string times(std::size_t n, std::string_view piece) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i)
    text += piece;
  return text;
}

/// What comes out; "refused: rule" where nothing does.
inline std::string cleaned(std::string_view html) {
  auto clean = clean_html(html);
  if (clean)
    return *clean;
  const auto& why = clean.error();
  REQUIRE(why.code == errc::invalid_field);
  REQUIRE(why.fields.size() == 1);
  CHECK(why.fields[0].field == "content");
  const std::map<field_rule, std::string> names{
      {field_rule::too_long, "too_long"},
      {field_rule::too_much_markup, "too_much_markup"},
      {field_rule::too_many_tags, "too_many_tags"},
      {field_rule::too_deep, "too_deep"},
      {field_rule::address_too_long, "address_too_long"},
      {field_rule::alt_too_long, "alt_too_long"},
      {field_rule::too_tangled, "too_tangled"}};
  return "refused: " + names.at(why.fields[0].rule) + " "
         + std::to_string(why.fields[0].limit);
}

inline std::string plain_abstract(std::string_view html, std::size_t limit = 100) {
  return escape_html(plain_text(html, limit));
}

} // namespace tinybook::test
