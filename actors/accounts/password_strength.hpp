#pragma once

#include "storage/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// What a new password must withstand.
struct guess_bounds {
  /// Of zxcvbn's scores: a guesser who knows what people choose needs more than
  /// 1 = 10^3, 2 = 10^6, 3 = 10^8, 4 = 10^10 tries; 0 accepts all.
  std::size_t min_score = 0;
  /// Of the person and the site (`own_words`): those are tried first of all.
  std::vector<std::string> words{};
};

/// The rule that a password breaks which is guessed too soon: `common_words`, `own_words`
/// or `predictable`, by the longest of the parts that it is made of. Estimated by zxcvbn
/// (D. L. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security
/// 2016), by the first 64 bytes of each of some spellings, of which the one that is
/// guessed first counts: its `plain_spelling`, so that full-width, invisible and
/// look-alike characters hide nothing; what is left without separators; the same typed by
/// the keys of Cyrillic; and its `pattern_of`, for repetitions and runs in any script.
/// Some ten milliseconds at most, so it is work for a thread that may block. Words it
/// does not know count as hard to guess.
[[nodiscard]] std::optional<field_rule> too_guessable(const std::string& password,
                                                      const guess_bounds& bounds);

/// What a guesser takes from an e-mail, a nickname, a phone in E.164, each may be empty,
/// and the names of the site: each whole, and their parts of three bytes and more; of the
/// phone the national number, too.
[[nodiscard]] std::vector<std::string>
own_words(std::string_view email, std::string_view nickname,
          const std::string& phone = {}, const std::vector<std::string>& of_site = {});

} // namespace tinybook
