#include "storage/support/validate.hpp"

#include "storage/support/calendar.hpp"
#include "storage/support/text.hpp"
#include "storage/support/unicode.hpp"

#include <algorithm>

namespace tinybook {

namespace {

struct text_rule {
  std::size_t min = 0;
  std::size_t max = 0;
  line_breaks breaks = line_breaks::refused;
};

failure refuse(std::string_view field, field_rule rule, std::size_t limit = 0) {
  return field_error{std::string(field), rule, static_cast<std::int64_t>(limit)};
}

result<std::string> check_text(std::string_view field, std::string_view value,
                               text_rule rule) {
  // No text within the limit has this many bytes: refused before it is read.
  if (value.size() > rule.max * 4)
    return refuse(field, field_rule::too_long, rule.max);
  const auto length = count_code_points(value);
  if (!length || !is_clean_text(value, rule.breaks))
    return refuse(field, rule_of_unclean(value));
  if (*length > rule.max)
    return refuse(field, field_rule::too_long, rule.max);
  if (*length < rule.min)
    return value.empty() && rule.min == 1
               ? refuse(field, field_rule::required)
               : refuse(field, field_rule::too_short, rule.min);
  return std::string(value);
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// A letter beyond ASCII; the text is known to be UTF-8.
bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

bool is_local_part(std::string_view local) {
  constexpr std::string_view marks = "!#$%&'*+/=?^_`{|}~-.";
  const auto allowed = [marks](char c) {
    return is_alphanumeric(c) || is_beyond_ascii(c)
           || marks.find(c) != std::string_view::npos;
  };
  return !local.empty() && local.size() <= 64 && local.front() != '.'
         && local.back() != '.' && local.find("..") == std::string_view::npos
         && std::ranges::all_of(local, allowed);
}

bool is_label(std::string_view label) {
  const auto allowed = [](char c) {
    return is_alphanumeric(c) || is_beyond_ascii(c) || c == '-';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-'
         && label.back() != '-' && std::ranges::all_of(label, allowed);
}

bool is_host_name(std::string_view host) {
  std::size_t labels = 0;
  while (true) {
    const auto dot = host.find('.');
    const auto label = host.substr(0, dot);
    if (!is_label(label))
      return false;
    ++labels;
    if (dot == std::string_view::npos)
      // A top-level label of digits alone would be an IP address.
      return labels >= 2
             && !std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
    host.remove_prefix(dot + 1);
  }
}

result<std::string> check_name(std::string_view field, std::string_view value,
                               std::size_t max) {
  auto name = check_text(field, trim(value), {1, max});
  if (!name)
    return name;
  if (has_hidden_character(*name))
    return refuse(field, field_rule::hidden_character);
  if (!has_visible_character(*name))
    return refuse(field, field_rule::nothing_visible);
  return name;
}

} // namespace

field_rule rule_of_unclean(std::string_view text) {
  // Half a character of UTF-16 in JSON is read as NUL.
  const bool whole = is_utf8(text) && text.find('\0') == std::string_view::npos;
  return whole ? field_rule::hidden_character : field_rule::not_utf8;
}

result<std::string> check_reason(std::string_view field, std::string_view value,
                                 const field_limits& limits) {
  return check_name(field, value, limits.reason_max);
}

result<std::string> check_email(std::string_view field, std::string_view value,
                                const field_limits& limits) {
  const auto trimmed = trim(value);
  if (trimmed.empty())
    return refuse(field, field_rule::required);
  // Full-width letters take three bytes, decomposed ones more.
  if (trimmed.size() > limits.email_bytes * 4)
    return refuse(field, field_rule::too_long, limits.email_bytes);
  if (!is_clean_text(trimmed, line_breaks::refused))
    return refuse(field, rule_of_unclean(trimmed));
  auto email = folded(trimmed);
  const auto at = email.find('@');
  if (at == std::string::npos)
    return refuse(field, field_rule::not_email);
  const auto domain = ascii_domain(std::string_view(email).substr(at + 1));
  email.resize(at);
  if (!domain || !is_local_part(email) || has_hidden_character(email)
      || !is_host_name(*domain))
    return refuse(field, field_rule::not_email);
  email += '@' + *domain;
  if (email.size() > limits.email_bytes)
    return refuse(field, field_rule::too_long, limits.email_bytes);
  return email;
}

result<std::string> check_password(std::string_view field, std::string_view value,
                                   const config::password_settings& limits) {
  // What is not UTF-8 gets its own refusal.
  const bool far_too_long = value.size() > limits.max_length * 16;
  return check_text(
      field, far_too_long || !is_utf8(value) ? std::string(value) : opaque_string(value),
      {limits.min_length, limits.max_length});
}

result<std::string> check_nickname(std::string_view field, std::string_view value,
                                   const field_limits& limits) {
  return check_name(field, value, limits.nickname_max);
}

result<std::string> check_about_me(std::string_view field, std::string_view value,
                                   const field_limits& limits) {
  return check_text(field, value, {0, limits.about_me_max, line_breaks::allowed});
}

result<std::string> check_birthday(std::string_view field, std::string_view value,
                                   std::chrono::year_month_day today) {
  const auto day = parse_date(value);
  if (!day)
    return refuse(field, field_rule::not_date);
  if (*day > today)
    return refuse(field, field_rule::in_future);
  return std::string(value);
}

result<std::string> check_title(std::string_view field, std::string_view value,
                                const field_limits& limits) {
  return check_name(field, value, limits.title_max);
}

void field_report::note(failure refused) {
  if (!failure_) {
    failure_ = std::move(refused);
    return;
  }
  for (auto& field : refused.fields)
    failure_->fields.push_back(std::move(field));
}

void field_report::note(field_error refused) {
  note(failure(std::move(refused)));
}

} // namespace tinybook
