#include "storage/support/plain_spelling.hpp"

#include "storage/support/text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

struct checker_closer {
  void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};

/// Null where ICU has no tables. Threads may share it.
const USpoofChecker* confusables() {
  static const auto checker = [] {
    auto status = U_ZERO_ERROR;
    return std::unique_ptr<USpoofChecker, checker_closer>(uspoof_open(&status));
  }();
  return checker.get();
}

bool is_accent(UChar32 c) {
  return c >= 0x300 && c <= 0x36f;
}

bool is_unseen(UChar32 c) {
  constexpr UChar32 braille_blank = 0x2800; // A symbol by its category.
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0
         || u_charType(c) == U_FORMAT_CHAR || c == braille_blank;
}

bool is_ascii_letter_or_digit(UChar32 c) {
  return c < 0x80 && u_isalnum(c) != 0;
}

/// The letter or digit that the tables have for it, but for accents.
std::optional<UChar32> look_alike(UChar32 c) {
  const auto* const checker = confusables();
  if (checker == nullptr)
    return std::nullopt;
  auto status = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(checker, 0, icu::UnicodeString(c), skeleton, &status);
  std::optional<UChar32> only;
  for (std::int32_t at = 0; at < skeleton.length(); at = skeleton.moveIndex32(at, 1)) {
    const auto part = skeleton.char32At(at);
    if (is_accent(part))
      continue;
    if (only || !is_ascii_letter_or_digit(part))
      return std::nullopt;
    only = part;
  }
  return only;
}

/// Its small form first, for the tables have one letter for I, l and 1.
std::optional<UChar32> plain(UChar32 c) {
  constexpr std::u16string_view small_capitals =
      u"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡ.ʏᴢ";
  static_assert(small_capitals.size() == 26);
  if (c < 0x80)
    return c;
  if (const auto at = c < 0x10000 ? small_capitals.find(static_cast<char16_t>(c))
                                  : small_capitals.npos;
      at != small_capitals.npos)
    return 'a' + static_cast<UChar32>(at);
  if (const auto digit = u_charDigitValue(c); digit >= 0)
    return '0' + digit;
  for (const auto form : {u_tolower(c), c, u_toupper(c)})
    if (const auto found = look_alike(form))
      return u_isUUppercase(c) != 0 ? u_toupper(*found) : u_tolower(*found);
  return std::nullopt;
}

using change = UChar32 (*)(UChar32);

/// What looks like none becomes what `otherwise` makes of it.
icu::UnicodeString each_plain(const icu::UnicodeString& text, change otherwise) {
  icu::UnicodeString out;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const auto c = text.char32At(at);
    if (!is_unseen(c) && !is_accent(c))
      out.append(plain(c).value_or(otherwise(c)));
  }
  return out;
}

icu::UnicodeString typed(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

bool is_separator(UChar32 c) {
  if (c < 0x80)
    return u_isalnum(c) == 0;
  return (U_GET_GC_MASK(c) & (U_GC_Z_MASK | U_GC_P_MASK)) != 0;
}

/// In NFKC and small letters, without what nobody sees. Where ICU has no tables only
/// that.
icu::UnicodeString small_and_seen(std::string_view text) {
  auto status = U_ZERO_ERROR;
  const auto* const nfkc = icu::Normalizer2::getNFKCInstance(status);
  const auto given = typed(text);
  const auto compatible = U_FAILURE(status) ? given : nfkc->normalize(given, status);
  icu::UnicodeString out;
  for (std::int32_t at = 0; at < compatible.length(); at = compatible.moveIndex32(at, 1))
    if (const auto c = compatible.char32At(at); !is_unseen(c) && !is_accent(c))
      out.append(u_tolower(c));
  return out;
}

/// Where a letter stands in its alphabet, for most of which the code points are that.
UChar32 place_in_alphabet(UChar32 c) {
  constexpr UChar32 io = 0x451; // Behind the others.
  constexpr UChar32 ie = 0x435;
  constexpr UChar32 sigma = 0x3c3; // There are two, of which one only ends words.
  constexpr UChar32 omega = 0x3c9;
  if (c == io)
    return ie;
  return c >= sigma && c <= omega ? c - 1 : c;
}

/// Gives out letters for the characters of a text, one after the other.
class letters_for {
 public:
  char16_t next(UChar32 c) {
    const auto place = place_in_alphabet(c);
    const auto step = place - std::exchange(before_, place);
    const auto known = given_.find(place);
    if (known != given_.end())
      last_ = known->second;
    else if ((step == 1 && last_ < u'z') || (step == -1 && last_ > u'a'))
      last_ = static_cast<char16_t>(last_ + step);
    else
      last_ = fresh();
    given_.emplace(place, last_);
    return last_;
  }

  void pass_over() { before_ = 0; }

 private:
  /// In an order that is no word and no way across a keyboard.
  char16_t fresh() {
    constexpr std::u16string_view order = u"nzgqckjvsxpwmblfyrhdtaeoui";
    return order[fresh_++ % order.size()];
  }

  std::map<UChar32, char16_t> given_;
  std::size_t fresh_ = 0;
  UChar32 before_ = 0;
  char16_t last_ = u'a';
};

/// Each there and back, as `small_and_seen` leaves it, which joins letters of Korean.
const std::vector<icu::UnicodeString>& known_orders() {
  static const auto all = [] {
    constexpr auto* hiragana = "あいうえおかきくけこさしすせそたちつてと"
                               "なにぬねのはひふへほまみむめもやゆよらりるれろわをん";
    constexpr auto* katakana = "アイウエオカキクケコサシスセソタチツテト"
                               "ナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン";
    std::vector<icu::UnicodeString> out;
    for (const auto* order :
         {"1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./", "qwertyuiopasdfghjklzxcvbnm",
          "~!@#$%^&*()_+", "йцукенгшщзхъфывапролджэячсмитьбю", hiragana, katakana,
          "가나다라마바사아자차카타파하", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
          "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ",
          "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"}) {
      out.push_back(small_and_seen(order));
      std::string back;
      out.push_back(small_and_seen(typed(order).reverse().toUTF8String(back)));
    }
    return out;
  }();
  return all;
}

/// Where the run along `order` that begins at `from` ends, and how far it comes.
std::pair<std::int32_t, std::int32_t> run_along(const icu::UnicodeString& order,
                                                const icu::UnicodeString& text,
                                                std::int32_t from) {
  const auto first = order.indexOf(text.charAt(from));
  if (first < 0)
    return {from, 0};
  auto place = first;
  auto at = from + 1;
  for (; at < text.length(); ++at) {
    if (place + 1 < order.length() && text.charAt(at) == order.charAt(place + 1))
      ++place;
    else if (text.charAt(at) != order.charAt(place))
      break;
  }
  return {at, place - first + 1};
}

} // namespace

/// Before NFKC, too, which takes some look-alikes for others (the lunate sigma).
std::string plain_spelling(std::string_view text) {
  if (is_ascii(text))
    return std::string(text);
  auto status = U_ZERO_ERROR;
  const auto* const nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) // No tables.
    return std::string(text);
  const auto compatible =
      nfkc->normalize(each_plain(typed(text), [](UChar32 c) { return c; }), status);
  std::string out;
  return each_plain(compatible, u_tolower).toUTF8String(out);
}

joined_text without_separators(std::string_view text) {
  const auto given = typed(text);
  icu::UnicodeString kept;
  std::set<UChar32> separators;
  for (std::int32_t at = 0; at < given.length(); at = given.moveIndex32(at, 1))
    if (const auto c = given.char32At(at); is_separator(c))
      separators.insert(c);
    else
      kept.append(c);
  joined_text out{.text = {}, .parted_by = separators.size()};
  kept.toUTF8String(out.text);
  return out;
}

std::string by_latin_keys(std::string_view text) {
  constexpr std::u16string_view cyrillic = u"йцукенгшщзхъфывапролджэячсмитьбюёіїє";
  constexpr std::u16string_view latin = u"qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]'";
  static_assert(cyrillic.size() == latin.size());
  auto small = small_and_seen(text);
  for (std::int32_t at = 0; at < small.length(); ++at)
    if (const auto key = cyrillic.find(small.charAt(at)); key != cyrillic.npos)
      small.setCharAt(at, latin[key]);
  std::string out;
  return small.toUTF8String(out);
}

std::string pattern_of(std::string_view text) {
  const auto small = small_and_seen(text);
  letters_for letters;
  icu::UnicodeString out;
  for (std::int32_t at = 0; at < small.length(); at = small.moveIndex32(at, 1)) {
    const auto c = small.char32At(at);
    const auto number = c < 0x80 ? U_NO_NUMERIC_VALUE : u_getNumericValue(c);
    const bool one_digit = number >= 0 && number <= 9 && number == std::floor(number);
    if (c >= 0x80 && !one_digit) {
      out.append(letters.next(c));
      continue;
    }
    out.append(one_digit ? static_cast<UChar32>('0' + static_cast<int>(number)) : c);
    letters.pass_over();
  }
  std::string ascii;
  return out.toUTF8String(ascii);
}

std::optional<std::string> without_known_runs(std::string_view text) {
  constexpr std::int32_t least = 5;
  const auto small = small_and_seen(text);
  icu::UnicodeString out;
  bool found = false;
  for (std::int32_t at = 0; at < small.length();) {
    auto end = at;
    for (const auto& order : known_orders())
      if (const auto [to, places] = run_along(order, small, at); places >= least)
        end = std::max(end, to);
    if (end == at) {
      out.append(small.charAt(at++));
      continue;
    }
    out.append(u"abcd", 4);
    found = true;
    at = end;
  }
  if (!found)
    return std::nullopt;
  std::string kept;
  return out.toUTF8String(kept);
}

} // namespace tinybook
