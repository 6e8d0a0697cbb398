#include "http/api/field_values.hpp"

#include "http/text_tools.hpp"
#include "storage/support/text.hpp"
#include "storage/support/validate.hpp"

#include <algorithm>
#include <optional>

namespace tinybook::http {

namespace {

using kind = raw_value::kind;

std::optional<field_error> check_integer(const field_spec& spec, const raw_value& sent) {
  field_error out_of_range{std::string{spec.name}, field_rule::out_of_range, spec.max};
  if (sent.what != kind::integer && sent.what != kind::huge_integer)
    return field_error{std::string{spec.name}, field_rule::wrong_type, 0, "integer"};
  bool low = sent.what == kind::integer ? sent.integer < spec.min : sent.integer < 0;
  if (low)
    out_of_range.limit = spec.min;
  else if (sent.what == kind::integer && sent.integer <= spec.max)
    return std::nullopt;
  return out_of_range;
}

std::optional<field_error> check_text(const field_spec& spec, const raw_value& sent) {
  if (sent.what != kind::text)
    return field_error{std::string{spec.name}, field_rule::wrong_type, 0, "text"};
  // White space at the ends of a line is not meant: whoever reads the field trims it.
  const bool clean = spec.type == field_type::text
                         ? is_clean_text(sent.text, line_breaks::allowed)
                         : is_clean_text(trim(sent.text), line_breaks::refused);
  if (!clean)
    return field_error{std::string{spec.name}, rule_of_unclean(sent.text)};
  return std::nullopt;
}

} // namespace

const field_values::entry* field_values::find(std::string_view name) const {
  auto at = std::ranges::find_if(values_,
                                 [name](const entry& e) { return e.spec->name == name; });
  return at == values_.end() ? nullptr : &*at;
}

const std::string& field_values::text(std::string_view name) const {
  static const std::string none;
  const auto* held = find(name);
  const auto* text = held != nullptr ? std::get_if<std::string>(&held->content) : nullptr;
  return text != nullptr ? *text : none;
}

std::optional<std::string> field_values::given(std::string_view name) const {
  return has(name) ? std::optional(text(name)) : std::nullopt;
}

std::int64_t field_values::integer(std::string_view name) const {
  const auto* held = find(name);
  const auto* number =
      held != nullptr ? std::get_if<std::int64_t>(&held->content) : nullptr;
  return number != nullptr ? *number : 0;
}

bool field_values::flag(std::string_view name) const {
  const auto* held = find(name);
  const auto* flag = held != nullptr ? std::get_if<bool>(&held->content) : nullptr;
  return flag != nullptr && *flag;
}

std::vector<std::string_view> field_values::secrets() const {
  std::vector<std::string_view> found;
  for (const auto& [spec, content] : values_)
    if (const auto* text = std::get_if<std::string>(&content); text && spec->secret)
      found.push_back(*text);
  return found;
}

void take_field(const field_spec& spec, raw_value* sent, field_values& into,
                std::vector<field_error>& refused) {
  if (sent == nullptr || sent->what == kind::null) {
    if (spec.needed == presence::required)
      refused.push_back({std::string{spec.name}, field_rule::required});
    else if (spec.type == field_type::integer)
      into.set(spec, spec.fallback);
    else if (spec.needed == presence::clearable && sent != nullptr)
      into.set(spec, std::string{});
    return;
  }
  std::optional<field_error> wrong;
  if (spec.type == field_type::integer)
    wrong = check_integer(spec, *sent);
  else if (spec.type != field_type::boolean)
    wrong = check_text(spec, *sent);
  else if (sent->what != kind::boolean)
    wrong = field_error{std::string{spec.name}, field_rule::wrong_type, 0, "boolean"};
  if (wrong)
    refused.push_back(std::move(*wrong));
  else if (spec.type == field_type::integer)
    into.set(spec, sent->integer);
  else if (spec.type == field_type::boolean)
    into.set(spec, sent->flag);
  else
    into.set(spec, std::move(sent->text));
}

raw_value read_parameter(const field_spec& spec, std::string text) {
  raw_value read;
  read.what = kind::text;
  if (spec.type == field_type::boolean && (text == "true" || text == "false")) {
    read.what = kind::boolean;
    read.flag = text == "true";
  } else if (spec.type == field_type::integer) {
    auto parsed = parse_integer(text);
    read.integer = parsed.value;
    if (parsed.what == parsed_integer::outcome::ok)
      read.what = kind::integer;
    else if (parsed.what == parsed_integer::outcome::out_of_range)
      read.what = kind::huge_integer;
  }
  read.text = std::move(text);
  return read;
}

} // namespace tinybook::http
