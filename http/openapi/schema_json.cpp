#include "http/openapi/schema_json.hpp"

#include "actors/articles/html_cleaner.hpp"
#include "actors/codes/code_entry.hpp"
#include "http/live/rendered_board.hpp"
#include "storage/support/validate.hpp"

#include <algorithm>
#include <string>

namespace tinybook::http {

namespace {

using shape = schema::kind;

ordered_json object_json(const schema& of, ordered_json& named) {
  ordered_json required = ordered_json::array();
  ordered_json properties = ordered_json::object();
  for (std::size_t i = 0; i < of.member_count; ++i) {
    const auto& [name, inner, sometimes] = of.members[i];
    properties[std::string{name}] = schema_json(inner, named);
    if (!sometimes)
      required.push_back(name);
  }
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

ordered_json text_json(const schema& of) {
  ordered_json out{{"type", "string"}};
  if (!of.format.empty())
    out["format"] = of.format;
  if (!of.pattern.empty())
    out["pattern"] = of.pattern;
  if (!of.words.empty())
    out["enum"] = of.words;
  return out;
}

ordered_json plain_json(const schema& of, ordered_json& named) {
  switch (of.what) {
  case shape::null:
    return {{"const", nullptr}}; // Generators stumble over the type null alone.
  case shape::boolean:
    return {{"type", "boolean"}};
  case shape::integer:
    return {{"type", "integer"},
            {"format", "int64"},
            {"minimum", of.min},
            {"maximum", of.max == 0 ? max_json_integer : of.max}};
  case shape::text:
    return text_json(of);
  case shape::list:
    return {{"type", "array"}, {"items", schema_json(*of.items, named)}};
  case shape::object:
    return object_json(of, named);
  case shape::any:
    return {{"type", "object"}};
  }
  return {};
}

ordered_json text_input(std::size_t min, std::size_t max, std::string_view sample,
                        std::string about = {}) {
  ordered_json out{{"type", "string"}};
  if (!about.empty())
    out["description"] = std::move(about);
  if (min > 0)
    out["minLength"] = min;
  if (max > 0)
    out["maxLength"] = max;
  out["examples"] = {sample};
  return out;
}

ordered_json with_format(ordered_json out, std::string_view format) {
  out["format"] = format;
  return out;
}

ordered_json with_pattern(ordered_json out, std::string_view pattern) {
  out["pattern"] = pattern;
  return out;
}

std::string content_rules() {
  const html_limits limits;
  return "HTML, cleaned before it is stored: at most " + std::to_string(limits.text)
         + " characters that a reader sees and " + std::to_string(limits.bytes)
         + " bytes with markup.";
}

ordered_json integer_input(const field_spec& of, std::int64_t max) {
  ordered_json out{
      {"type", "integer"}, {"format", "int64"}, {"minimum", of.min}, {"maximum", max}};
  if (of.needed == presence::optional && of.fallback >= of.min)
    out["default"] = of.fallback;
  out["examples"] = {std::max(of.min, of.fallback)};
  return out;
}

/// What the check of the actor that reads it asks for.
ordered_json meant_json(const field_spec& of, const config::settings& from) {
  const field_limits limits;
  const auto& passwords = from.passwords;
  constexpr auto password = "correct horse";
  switch (of.means) {
  case field_meaning::plain:
    return of.type == field_type::integer ? integer_input(of, of.max)
           : of.type == field_type::boolean
               ? ordered_json{{"type", "boolean"}, {"examples", {true}}}
               : text_input(0, 0, "text");
  case field_meaning::email:
    return with_format(text_input(3, limits.email_bytes, "ann@example.org"), "email");
  case field_meaning::new_password:
    return with_format(text_input(passwords.min_length, passwords.max_length, password),
                       "password");
  case field_meaning::known_password:
    return with_format(text_input(1, passwords.max_length, password), "password");
  case field_meaning::phone:
    return text_input(1, max_typed_phone_bytes, "+8613800138000",
                      "As people type it; without a country's prefix one of "
                          + from.codes.default_region + '.');
  case field_meaning::code:
    return text_input(code_digits, max_typed_code_bytes, "123456",
                      std::to_string(code_digits)
                          + " digits; spaces and dashes are dropped.");
  case field_meaning::nickname:
    return text_input(0, limits.nickname_max, "Ann", "It cannot be cleared.");
  case field_meaning::birthday:
    return with_pattern(
        text_input(0, 0, "2000-02-29", "A day that is not in the future."),
        date_or_empty_pattern);
  case field_meaning::about_me:
    return text_input(0, limits.about_me_max, "Writes about the sea.");
  case field_meaning::article_title:
    return text_input(1, limits.title_max, "First light");
  case field_meaning::article_content:
    return text_input(0, 0, "<p>The harbour at six.</p>", content_rules());
  case field_meaning::collection:
    return integer_input(of, of.max);
  case field_meaning::page_limit: {
    auto shown = of;
    shown.fallback = static_cast<std::int64_t>(from.articles.list_limit);
    return integer_input(shown, static_cast<std::int64_t>(from.articles.max_list_limit));
  }
  case field_meaning::window: {
    auto out = text_input(0, 0, "day");
    out["enum"] = window_words;
    out["default"] = name_of(board_window::all);
    return out;
  }
  case field_meaning::provider:
    return text_input(1, 0, "tencent-1", "Its name in the configuration.");
  case field_meaning::session:
    return text_input(1, 0, "zcPj2QmZ1mVqf0y2w4Gx9A", "Of the list of sessions.");
  case field_meaning::list_place:
    return with_pattern(
        text_input(1, 0, "1764489600000-7", "The `next` of the page in front."),
        "^[0-9]+-[0-9]+$");
  case field_meaning::provider_secret:
    return text_input(1, 0, "receipt-secret", "Its `receipt_secret`.");
  }
  return {};
}

} // namespace

ordered_json component(std::string_view kind_of, std::string_view name) {
  return {{"$ref", "#/components/" + std::string{kind_of} + '/' + std::string{name}}};
}

ordered_json schema_json(const schema& of, ordered_json& named) {
  auto out = plain_json(of, named);
  if (!of.about.empty())
    out["description"] = of.about;
  if (of.nullable)
    out["type"] = {out["type"], "null"};
  if (of.name.empty())
    return out;
  named[std::string{of.name}] = std::move(out);
  return component("schemas", of.name);
}

ordered_json sample_of(const schema& of) {
  ordered_json out;
  switch (of.what) {
  case shape::null:
    break;
  case shape::boolean:
    return of.number != 0;
  case shape::integer:
    return of.number;
  case shape::text:
    return of.sample;
  case shape::list:
    return ordered_json::array({sample_of(*of.items)});
  case shape::any:
    return ordered_json::object();
  case shape::object:
    for (std::size_t i = 0; i < of.member_count; ++i)
      out[std::string{of.members[i].name}] = sample_of(of.members[i].of);
  }
  return out;
}

ordered_json field_json(const field_spec& of, const config::settings& from) {
  auto out = meant_json(of, from);
  if (of.needed == presence::clearable)
    out["description"] = out.value("description", std::string{})
                         + (out.contains("description") ? " " : "")
                         + "Absent leaves it as it is, null or \"\" clears it.";
  return out;
}

} // namespace tinybook::http
