#include "config/key_check.hpp"

#include "config/parse_number.hpp"
#include "config/text_rules.hpp"
#include "config/value_text.hpp"

#include <algorithm>

namespace tinybook::config {

namespace {

std::string joined_words(const key& k) {
  std::string text;
  for (const auto word : k.words)
    text += (text.empty() ? "" : ", ") + quote(word);
  return text;
}

std::string range(const std::string& low, const std::string& high) {
  return " from " + low + " to " + high;
}

std::string allowed_text(const key& k) {
  if (k.rule.holds != nullptr && k.rule.holds != rules::is_plain)
    return std::string{k.rule.allowed};
  return "a text of " + std::to_string(k.low) + " to " + std::to_string(k.high)
         + " bytes without control characters";
}

std::string allowed_integer(const key& k) {
  auto text = "an integer" + range(std::to_string(k.low), std::to_string(k.high));
  if (!k.unit.empty())
    text += " (" + std::string{k.unit} + ")";
  return text;
}

std::string_view how_to_write(value_type type) {
  if (type == value_type::duration)
    return R"( in quotes, such as "10s" (units ms, s, m, h, d))";
  if (type == value_type::bytes)
    return R"( in quotes, such as "64KiB" (units B, KiB, MiB, GiB), or a number of bytes)";
  return {};
}

bool in_range(const key& k, std::int64_t number) {
  return number >= k.low && number <= k.high;
}

bool fits(const key& k, const std::string& text) {
  return k.rule.holds == nullptr || k.rule.holds(text);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    items.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

template <class T>
std::optional<value> as_value(const std::optional<T>& parsed) {
  if (!parsed)
    return std::nullopt;
  return value{*parsed};
}

} // namespace

std::string allowed_range(const key& k) {
  switch (k.type) {
  case value_type::boolean:
    return "true or false";
  case value_type::integer:
    return allowed_integer(k);
  case value_type::real:
    return "a number" + range(format_real(k.low_real), format_real(k.high_real));
  case value_type::duration:
    return "a time"
           + range(format_duration(milliseconds{k.low}),
                   format_duration(milliseconds{k.high}));
  case value_type::bytes:
    return "a size" + range(format_bytes(k.low), format_bytes(k.high));
  case value_type::word:
    return "one of " + joined_words(k);
  case value_type::text:
    return allowed_text(k);
  case value_type::texts:
    return "a list of at most " + std::to_string(k.high) + ": "
           + std::string{k.rule.allowed};
  }
  return {};
}

std::string allowed(const key& k) {
  auto text = allowed_range(k) + std::string{how_to_write(k.type)};
  if (k.secret)
    text += ", not \"" + std::string{hidden}
            + "\", which --print-config shows in place of a secret";
  return text;
}

bool acceptable(const key& k, const value& v) {
  switch (k.type) {
  case value_type::boolean:
    return std::holds_alternative<bool>(v);
  case value_type::integer:
  case value_type::bytes: {
    const auto* number = std::get_if<std::int64_t>(&v);
    return number != nullptr && in_range(k, *number);
  }
  case value_type::real: {
    const auto* number = std::get_if<double>(&v);
    return number != nullptr && *number >= k.low_real && *number <= k.high_real;
  }
  case value_type::duration: {
    const auto* time = std::get_if<milliseconds>(&v);
    return time != nullptr && in_range(k, time->count());
  }
  case value_type::word: {
    const auto* word = std::get_if<std::string>(&v);
    return word != nullptr && std::ranges::find(k.words, *word) != k.words.end();
  }
  case value_type::text: {
    const auto* text = std::get_if<std::string>(&v);
    return text != nullptr && in_range(k, static_cast<std::int64_t>(text->size()))
           && fits(k, *text) && !(k.secret && *text == hidden);
  }
  case value_type::texts: {
    const auto* texts = std::get_if<std::vector<std::string>>(&v);
    return texts != nullptr && in_range(k, static_cast<std::int64_t>(texts->size()))
           && std::ranges::all_of(*texts, [&k](const auto& item) {
                return fits(k, item) && !(k.secret && item == hidden);
              });
  }
  }
  return false;
}

std::optional<value> from_text(const key& k, std::string_view text) {
  switch (k.type) {
  case value_type::boolean:
    if (text == "true" || text == "false")
      return value{text == "true"};
    return std::nullopt;
  case value_type::integer:
    return as_value(parse_number<std::int64_t>(text));
  case value_type::real:
    return as_value(parse_real(text));
  case value_type::duration:
    return as_value(parse_duration(text));
  case value_type::bytes:
    return as_value(parse_bytes(text));
  case value_type::word:
  case value_type::text:
    return value{std::string{text}};
  case value_type::texts:
    return value{split_at_commas(text)};
  }
  return std::nullopt;
}

std::string to_toml(const key& k, const value& v) {
  if (const auto* flag = std::get_if<bool>(&v))
    return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&v))
    return k.type == value_type::bytes ? quote(format_bytes(*number))
                                       : std::to_string(*number);
  if (const auto* number = std::get_if<double>(&v))
    return format_real(*number);
  if (const auto* time = std::get_if<milliseconds>(&v))
    return quote(format_duration(*time));
  if (const auto* text = std::get_if<std::string>(&v)) {
    if (!k.secret && k.rule.secret_in != nullptr && k.rule.secret_in(*text))
      return quote(text->substr(0, text->find('?')) + std::string{rules::hidden_query});
    return quote(k.secret && !text->empty() ? hidden : std::string_view{*text});
  }
  std::string list;
  for (const auto& item : std::get<std::vector<std::string>>(v))
    list +=
        (list.empty() ? "" : ", ") + quote(k.secret ? hidden : std::string_view{item});
  return "[" + list + "]";
}

} // namespace tinybook::config
