#include "http/api/field_text.hpp"

#include <array>

namespace tinybook::http {

namespace {

constexpr auto table = std::to_array<field_rule_entry>({
    {field_rule::required, "required", "This field is needed.", "此项必填。"},
    {field_rule::wrong_type, "wrong_type", "This must be {}.", "此项应为{}。"},
    {field_rule::too_short, "too_short", "At least {} characters are needed.",
     "至少需要 {} 个字符。"},
    {field_rule::too_long, "too_long", "At most {} characters are allowed.",
     "最多允许 {} 个字符。"},
    {field_rule::out_of_range, "out_of_range",
     "The number is out of range; the nearest allowed is {}.",
     "数值超出范围，最接近的允许值为 {}。"},
    {field_rule::not_utf8, "not_utf8",
     "This holds invalid, control or invisible characters.",
     "包含无效字符、控制字符或不可见字符。"},
    {field_rule::not_email, "not_email", "This is not an e-mail address.",
     "邮箱格式不正确。"},
    {field_rule::not_phone, "not_phone", "This is not a phone number.",
     "手机号格式不正确。"},
    {field_rule::not_code, "not_code", "A code has {} digits.", "验证码应为 {} 位数字。"},
    {field_rule::not_date, "not_date", "This is not a day in the form YYYY-MM-DD.",
     "日期格式应为 YYYY-MM-DD。"},
    {field_rule::in_future, "in_future", "This day lies in the future.",
     "日期不能晚于今天。"},
    {field_rule::mismatch, "mismatch", "The two entries differ.", "两次输入不一致。"},
    {field_rule::not_one_of, "not_one_of", "This must be one of {}.",
     "取值应为以下之一：{}。"},
    {field_rule::not_supported, "not_supported", "This is not supported here.",
     "暂不支持该取值。"},
    {field_rule::service_number, "service_number",
     "This is the number of a service; use that of a mobile phone.",
     "这是服务号码，请使用手机号。"},
    {field_rule::fixed_line, "fixed_line",
     "This is a landline number; use that of a mobile phone.",
     "这是固定电话号码，请使用手机号。"},
    {field_rule::nothing_visible, "nothing_visible",
     "At least one visible character is needed.", "至少需要一个可见字符。"},
    {field_rule::too_much_markup, "too_much_markup",
     "With its markup this is too large; at most {} bytes are allowed.",
     "含标记的内容过大，最多允许 {} 字节。"},
    {field_rule::too_many_tags, "too_many_tags",
     "At most {} HTML tags are allowed; each \"<\" counts, as text it is written &lt;.",
     "最多允许 {} 个 HTML 标签；每个“<”都计入，作为文字请写 &lt;。"},
    {field_rule::too_deep, "too_deep",
     "HTML elements may stand at most {} deep within one another.",
     "HTML 元素最多嵌套 {} 层。"},
    {field_rule::too_tangled, "too_tangled",
     "The HTML is too tangled to be understood; remove some of the formatting.",
     "HTML 过于混乱，无法识别，请去除部分格式。"},
    {field_rule::not_key, "not_key",
     "A key is one line of printable ASCII without blanks, such as a UUID.",
     "键应为不含空格的可打印 ASCII 字符，例如 UUID。"},
});

const field_rule_entry& entry_of(field_rule rule) {
  return table.at(static_cast<std::size_t>(rule));
}

/// A type as people call it.
std::string_view type_words(std::string_view type, language lang) {
  struct words {
    std::string_view type;
    std::string_view en;
    std::string_view zh;
  };
  constexpr auto known = std::to_array<words>({
      {"integer", "a whole number", "整数"},
      {"boolean", "true or false", " true 或 false"},
      {"object", "a JSON object", " JSON 对象"},
      {"duration", "a time span such as \"10m\"", "时长（如 \"10m\"）"},
  });
  for (const auto& one : known)
    if (one.type == type)
      return lang == language::zh ? one.zh : one.en;
  return lang == language::zh ? "文本" : "a text";
}

} // namespace

std::span<const field_rule_entry> field_rule_table() {
  return table;
}

std::string_view name_of(field_rule rule) {
  return entry_of(rule).name;
}

std::string text_of(const field_error& refused, language lang) {
  const auto& entry = entry_of(refused.rule);
  std::string text{lang == language::zh ? entry.zh : entry.en};
  const auto at = text.find("{}");
  if (at == std::string::npos)
    return text;
  if (refused.rule == field_rule::wrong_type)
    return text.replace(at, 2, type_words(refused.allowed, lang));
  if (refused.rule == field_rule::not_one_of)
    return text.replace(at, 2, refused.allowed);
  if (refused.rule == field_rule::too_short && refused.limit == 1)
    return lang == language::zh ? "不能为空。" : "This must not be empty.";
  return text.replace(at, 2, std::to_string(refused.limit));
}

} // namespace tinybook::http
