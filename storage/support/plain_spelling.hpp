#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// The ASCII that a reader takes a text for, as far as there is one: in NFKC, without
/// invisible characters and accents, and with a Latin letter or a digit for each
/// character that looks like it (`ｐаѕѕｗöｒｄ` becomes `password`). What looks like none
/// is lowered; ASCII stays as it is. By the tables of ICU (UTS 39, confusables), which
/// count small letters that only differ from a Latin capital by their size as other ones:
/// here they do not. Takes valid UTF-8. For judgement only, never to be stored or
/// compared with what somebody entered.
[[nodiscard]] std::string plain_spelling(std::string_view text);

/// A text without what parts its letters: white space, punctuation and the signs of
/// ASCII. Symbols of other scripts, such as emoji, stay.
struct joined_text {
  std::string text;
  std::size_t parted_by = 0; ///< How many different separators were in it.
};
[[nodiscard]] joined_text without_separators(std::string_view text);

/// What a Latin keyboard writes where a text was typed by its keys of ЙЦУКЕН, with which
/// Cyrillic is written: `qwerty` for `йцукен`, `gfhjkm` for `пароль`. In small letters.
[[nodiscard]] std::string by_latin_keys(std::string_view text);

/// A text whose characters beyond ASCII became letters and digits that repeat and go on
/// as these do, whatever they mean: an equal letter for an equal character, the next one
/// for the next of its alphabet, a digit for a numeral (`一二三` becomes `123`). For what
/// looks for repetitions and runs in ASCII alone.
[[nodiscard]] std::string pattern_of(std::string_view text);

/// A text in which `abcd` stands for each run of five and more characters along a row of
/// keys or in an order that people know and code points do not have (kana, 가나다,
/// 甲乙丙), forth or back, each once or more often. In small letters. Nothing where it
/// has no such run.
[[nodiscard]] std::optional<std::string> without_known_runs(std::string_view text);

} // namespace tinybook
