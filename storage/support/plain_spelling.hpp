#pragma once

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

} // namespace tinybook
