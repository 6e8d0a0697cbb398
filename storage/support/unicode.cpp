#include "storage/support/unicode.hpp"

#include "storage/support/text.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <utf8.h>

#include <cstdlib>
#include <idn2.h>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utf8proc.h>
#include <utility>

namespace tinybook {

namespace {

constexpr char32_t zero_width_non_joiner = 0x200c;
constexpr char32_t zero_width_joiner = 0x200d;
constexpr char32_t braille_blank = 0x2800; // A symbol by its category, yet invisible.

const utf8proc_property_t& properties_of(char32_t c) {
  return *utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
}

/// Unassigned but reserved for invisible characters (Default_Ignorable), which the
/// library's tables leave out, and noncharacters.
bool is_reserved_or_noncharacter(char32_t c) {
  return c == 0x2065 || (c >= 0xfff0 && c <= 0xfff8) || (c >= 0xe0000 && c <= 0xe0fff)
         || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffeU) == 0xfffeU;
}

bool is_invisible(char32_t c) {
  constexpr char32_t null_notehead = 0x1d159;
  return properties_of(c).ignorable != 0 || is_reserved_or_noncharacter(c)
         || c == braille_blank || c == null_notehead;
}

bool is_pictograph(char32_t c) {
  return properties_of(c).boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/// The 16 general ones, and those for ideographs.
bool is_variation_selector(char32_t c) {
  return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

/// They choose a form of the letter in front.
bool is_mongolian_selector(char32_t c) {
  return (c >= 0x180b && c <= 0x180d) || c == 0x180f;
}

bool is_skin_tone(char32_t c) {
  return c >= 0x1f3fb && c <= 0x1f3ff;
}

/// Keycaps are a digit, a selector and an enclosing keycap.
bool takes_selector(char32_t c) {
  return is_pictograph(c) || (c >= U'0' && c <= U'9') || c == U'#' || c == U'*'
         || properties_of(c).category == UTF8PROC_CATEGORY_LO;
}

bool is_unprintable(char32_t c) {
  switch (properties_of(c).category) {
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CO:
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return true;
  default:
    return false;
  }
}

bool is_mark(char32_t c) {
  const auto category = properties_of(c).category;
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC;
}

/// Of Indic scripts: takes the vowel from the letter before.
bool is_virama(char32_t c) {
  constexpr auto virama = 9;
  return properties_of(c).combining_class == virama;
}

bool is_letter_of_script(char32_t letter, char32_t other) {
  const auto script_of = [](char32_t c) {
    auto status = U_ZERO_ERROR;
    return uscript_getScript(static_cast<UChar32>(c), &status);
  };
  return properties_of(letter).category == UTF8PROC_CATEGORY_LO
         && script_of(letter) == script_of(other);
}

std::int32_t joining_type(char32_t c) {
  return u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_JOINING_TYPE);
}

/// Whether letters like those of Arabic would join across what stands at `at`.
bool stands_in_a_join(std::u32string_view all, std::size_t at) {
  const auto joins = [](char32_t c, std::int32_t side) {
    const auto type = joining_type(c);
    return type == U_JT_DUAL_JOINING || type == side;
  };
  const auto passes = [](char32_t c) {
    return joining_type(c) == U_JT_TRANSPARENT;
  };
  auto before = at;
  while (before > 0 && passes(all[before - 1]))
    --before;
  auto after = at + 1;
  while (after < all.size() && passes(all[after]))
    ++after;
  return before > 0 && after < all.size() && joins(all[before - 1], U_JT_LEFT_JOINING)
         && joins(all[after], U_JT_RIGHT_JOINING);
}

/// Whether the joiner or non-joiner at `at` changes how letters are drawn, as words of
/// Persian, Hindi or Sinhala need it: RFC 5892, appendix A (CONTEXTJ), and where that
/// leaves one that changes nothing, UAX 31, section 2.3.
bool shapes_letters(std::u32string_view all, std::size_t at) {
  const bool parts = all[at] == zero_width_non_joiner;
  // Ra in front of ya, as in the Bengali word for a wrapper: Unicode, section 12.2.
  if (!parts && at > 0 && at + 1 < all.size() && is_virama(all[at + 1])
      && is_letter_of_script(all[at - 1], all[at + 1]))
    return true;
  if (at == 0 || !is_virama(all[at - 1]))
    return parts && stands_in_a_join(all, at);
  const auto virama = all[at - 1];
  auto letter = at - 1;
  while (letter > 0 && is_mark(all[letter - 1]))
    --letter;
  if (letter == 0 || !is_letter_of_script(all[letter - 1], virama))
    return false;
  const bool last = at + 1 == all.size();
  return parts ? !last && is_letter_of_script(all[at + 1], virama)
               : last || !is_mark(all[at + 1]);
}

/// How many tags follow the black flag at `at` where they make the flag of England,
/// Scotland or Wales, which all draw; the others are drawn as the black one by most.
std::size_t tags_of_flag(std::u32string_view all, std::size_t at) {
  constexpr char32_t black_flag = 0x1f3f4;
  constexpr char32_t tag_of_nothing = 0xe0000;
  constexpr char32_t end_of_tags = 0xe007f;
  if (all[at] != black_flag)
    return 0;
  for (const std::string_view region : {"gbeng", "gbsct", "gbwls"}) {
    std::u32string tags;
    for (const char c : region)
      tags += tag_of_nothing + static_cast<char32_t>(c);
    tags += end_of_tags;
    if (all.substr(at + 1).starts_with(tags))
      return tags.size();
  }
  return 0;
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (auto at = text.begin(); at != text.end();)
    out += static_cast<char32_t>(utf8::unchecked::next(at));
  return out;
}

template <class Test>
bool any_of(std::string_view text, Test test) {
  for (auto at = text.begin(); at != text.end();)
    if (test(static_cast<char32_t>(utf8::unchecked::next(at))))
      return true;
  return false;
}

std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  const auto size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &out,
      static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (size < 0) // Not UTF-8, or no memory.
    return std::string(text);
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

template <class Change>
std::string each_changed(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  for (auto at = text.begin(); at != text.end();)
    utf8::unchecked::append(static_cast<std::uint32_t>(
                                change(static_cast<char32_t>(utf8::unchecked::next(at)))),
                            std::back_inserter(out));
  return out;
}

/// Regardless of position: a final sigma is the same letter.
char32_t lowered(char32_t c) {
  constexpr char32_t final_sigma = 0x3c2;
  const auto low =
      static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  return low == final_sigma ? char32_t{0x3c3} : low;
}

/// The only letter whose lower case is two (SpecialCasing.txt): i and a dot above.
std::string without_dotted_capital(std::string text) {
  constexpr std::string_view dotted = "\u0130";
  constexpr std::string_view low = "i\u0307";
  for (auto at = text.find(dotted); at != std::string::npos;
       at = text.find(dotted, at + low.size()))
    text.replace(at, dotted.size(), low);
  return text;
}

} // namespace

bool is_white_space(char32_t c) {
  switch (properties_of(c).category) {
  case UTF8PROC_CATEGORY_ZS:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return true;
  default:
    return (c >= 0x09 && c <= 0x0d) || c == 0x85;
  }
}

bool has_visible_character(std::string_view text) {
  return any_of(text, [](char32_t c) {
    switch (properties_of(c).category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return false;
    default:
      return !is_white_space(c) && !is_invisible(c);
    }
  });
}

bool has_hidden_character(std::string_view text) {
  const auto all = code_points(text);
  bool emoji = false; // What comes before is an emoji that may be joined with another.
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto c = all[at];
    if (const auto tags = tags_of_flag(all, at); tags != 0) {
      at += tags;
      emoji = true;
      continue;
    }
    if (c == zero_width_joiner || c == zero_width_non_joiner) {
      const bool joins = c == zero_width_joiner && emoji && at + 1 < all.size()
                         && is_pictograph(all[at + 1]);
      if (!joins && !shapes_letters(all, at))
        return true;
      continue;
    }
    if (is_variation_selector(c)) {
      if (at == 0 || !takes_selector(all[at - 1]))
        return true;
      continue;
    }
    if (is_mongolian_selector(c)) {
      constexpr char32_t mongolian = 0x1820;
      if (at == 0 || !is_letter_of_script(all[at - 1], mongolian))
        return true;
      continue;
    }
    emoji = is_pictograph(c) || (emoji && is_skin_tone(c));
    if (is_unprintable(c) || is_invisible(c))
      return true;
  }
  return false;
}

std::string opaque_string(std::string_view text) {
  return mapped(each_changed(text,
                             [](char32_t c) {
                               return properties_of(c).category == UTF8PROC_CATEGORY_ZS
                                          ? U' '
                                          : c;
                             }),
                0);
}

std::string folded(std::string_view text) {
  constexpr int compatible = UTF8PROC_COMPAT | UTF8PROC_IGNORE;
  auto now = mapped(text, compatible);
  // Lowering a letter may allow another composition, whose result may need lowering
  // again.
  for (int round = 0; round < 4; ++round) {
    auto next = mapped(each_changed(without_dotted_capital(now), lowered), compatible);
    if (next == now)
      break;
    now = std::move(next);
  }
  return now;
}

std::optional<std::string> ascii_domain(std::string_view domain) {
  if (is_ascii(domain))
    return std::string(domain);
  char* out = nullptr;
  const auto code =
      idn2_to_ascii_8z(std::string(domain).c_str(), &out, IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owned(out, &idn2_free);
  if (code != IDN2_OK)
    return std::nullopt;
  return std::string(out);
}

} // namespace tinybook
