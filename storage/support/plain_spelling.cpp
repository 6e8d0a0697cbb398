#include "storage/support/plain_spelling.hpp"

#include "storage/support/text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <memory>
#include <optional>

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
  if (c < 0x80)
    return c;
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

} // namespace

/// Before NFKC, too, which takes some look-alikes for others (the lunate sigma).
std::string plain_spelling(std::string_view text) {
  if (is_ascii(text))
    return std::string(text);
  auto status = U_ZERO_ERROR;
  const auto* const nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) // No tables.
    return std::string(text);
  const auto typed = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const auto compatible =
      nfkc->normalize(each_plain(typed, [](UChar32 c) { return c; }), status);
  std::string out;
  return each_plain(compatible, u_tolower).toUTF8String(out);
}

} // namespace tinybook
