#include "storage/support/text.hpp"

#include "storage/support/unicode.hpp"

#include <utf8.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace tinybook {

namespace {

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

bool is_line_break(char32_t c) {
  return c == U'\t' || c == U'\n' || c == U'\r';
}

/// The bytes of the character at the front of `text`, 0 where it is no valid one.
std::size_t first_bytes(std::string_view text) {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size)
    if (utf8::is_valid(text.begin(), text.begin() + size))
      return size;
  return 0;
}

/// White space at the front of `text` in bytes, 0 when there is none.
std::size_t leading_space(std::string_view text) {
  constexpr char32_t byte_order_mark = 0xfeff;
  const auto size = first_bytes(text);
  if (size == 0)
    return 0;
  const auto c = static_cast<char32_t>(utf8::unchecked::peek_next(text.begin()));
  return is_white_space(c) || c == byte_order_mark ? size : 0;
}

std::size_t trailing_space(std::string_view text) {
  for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size)
    if (leading_space(text.substr(text.size() - size)) == size)
      return size;
  return 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_ascii_byte(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// The first byte that is not ASCII, eight looked at at a time.
const char* end_of_ascii(const char* at, const char* end) {
  constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
  for (std::uint64_t eight = 0; end - at >= std::ptrdiff_t{sizeof eight};
       at += sizeof eight) {
    std::memcpy(&eight, at, sizeof eight);
    if ((eight & high_bits) != 0)
      break;
  }
  return std::find_if_not(at, end, is_ascii_byte);
}

/// The longest front of `text` with at most `limit` whole code points.
std::string_view front_of(std::string_view text, std::size_t limit) {
  const auto* const valid_end = utf8::find_invalid(text.begin(), text.end());
  const auto* at = text.begin();
  for (; at != valid_end && limit > 0; --limit)
    utf8::unchecked::next(at);
  return {text.begin(), at};
}

} // namespace

bool is_ascii(std::string_view text) {
  const auto* const end = text.data() + text.size();
  return end_of_ascii(text.data(), end) == end;
}

/// Nearly all that is looked at is ASCII, which is skipped. What lies between is whole
/// characters or not UTF-8.
bool is_utf8(std::string_view text) {
  const auto* at = text.data();
  const auto* const end = at + text.size();
  while ((at = end_of_ascii(at, end)) != end) {
    const auto* const from = at;
    at = std::find_if(from, end, is_ascii_byte);
    if (!utf8::is_valid(from, at))
      return false;
  }
  return true;
}

std::optional<std::size_t> count_code_points(std::string_view text) {
  if (!is_utf8(text))
    return std::nullopt;
  return static_cast<std::size_t>(utf8::unchecked::distance(text.begin(), text.end()));
}

bool is_clean_text(std::string_view text, line_breaks breaks) {
  if (!is_utf8(text))
    return false;
  for (auto at = text.begin(); at != text.end();) {
    const char32_t c = utf8::unchecked::next(at);
    if (is_control(c) && (breaks != line_breaks::allowed || !is_line_break(c)))
      return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (const auto space = leading_space(text))
    text.remove_prefix(space);
  while (const auto space = trailing_space(text))
    text.remove_suffix(space);
  return text;
}

std::string lower_ascii(std::string_view text) {
  std::string lowered(text);
  for (auto& c : lowered)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lowered;
}

std::string truncate_code_points(std::string_view text, std::size_t limit,
                                 std::string_view ellipsis) {
  const auto whole = front_of(text, limit);
  if (whole.size() == text.size())
    return std::string(text);
  const auto mark = std::min(count_code_points(ellipsis).value_or(0), limit);
  return std::string(front_of(text, limit - mark))
         + std::string(front_of(ellipsis, mark));
}

std::string_view plural_form(std::string_view forms, std::string_view number) {
  const auto bar = forms.find('|');
  return number == "1" ? forms.substr(0, bar) : forms.substr(bar + 1);
}

std::string mask_phone(std::string_view phone) {
  std::string masked(phone.substr(0, 32));
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(masked, is_digit));
  const auto hidden = std::min(digits, std::max<std::size_t>(4, digits / 3));
  const auto shown_behind = std::min<std::size_t>(4, (digits - hidden + 1) / 2);
  const auto shown_before = digits - hidden - shown_behind;
  std::size_t seen = 0;
  for (auto& c : masked) {
    if (!is_digit(c)) {
      if (c != '+')
        c = '*';
      continue;
    }
    if (seen >= shown_before && seen < shown_before + hidden)
      c = '*';
    ++seen;
  }
  return masked;
}

std::string mask_email(std::string_view email) {
  const auto at = email.rfind('@');
  if (at == std::string_view::npos || at == 0)
    return "***";
  return std::string(front_of(email, 1)) + "***" + std::string(email.substr(at));
}

} // namespace tinybook
