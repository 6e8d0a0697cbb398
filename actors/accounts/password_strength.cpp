#include "actors/accounts/password_strength.hpp"

#include "storage/support/plain_spelling.hpp"
#include "storage/support/unicode.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <zxcvbn.h>

namespace tinybook {

namespace {

struct match_deleter {
  void operator()(ZxcMatch_t* parts) const { ZxcvbnFreeInfo(parts); }
};
using match_list = std::unique_ptr<ZxcMatch_t, match_deleter>;

/// More would be counted as if each byte were worth a bit and more, the thousandth "a",
/// too.
constexpr std::size_t judged_bytes = 64;

/// The tries that each score takes, in bits: log2 of 10^3, 10^6, 10^8, 10^10.
constexpr std::array<double, 4> bits_of_scores{9.97, 19.93, 26.58, 33.22};

field_rule rule_of(ZxcTypeMatch_t part) {
  switch (part & ~MULTIPLE_MATCH) {
  case DICTIONARY_MATCH:
  case DICT_LEET_MATCH:
    return field_rule::common_words;
  case USER_MATCH:
  case USER_LEET_MATCH:
    return field_rule::own_words;
  default:
    return field_rule::predictable;
  }
}

void add_parts(std::string_view text, std::vector<std::string>& to) {
  constexpr std::size_t min_bytes = 3;
  constexpr std::string_view separators = "@.-_+ '";
  const auto add = [&](std::string_view word) {
    if (word.size() >= min_bytes)
      to.emplace_back(word);
  };
  add(text);
  for (auto end = text.find_first_of(separators); end != std::string_view::npos;
       end = text.find_first_of(separators)) {
    add(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  add(text);
}

} // namespace

std::optional<field_rule> too_guessable(const std::string& password,
                                        const guess_bounds& bounds) {
  if (bounds.min_score == 0)
    return std::nullopt;
  std::vector<const char*> words;
  words.reserve(bounds.words.size() + 1);
  for (const auto& word : bounds.words)
    words.push_back(word.c_str());
  words.push_back(nullptr);
  ZxcMatch_t* raw = nullptr;
  const auto judged = plain_spelling(password).substr(0, judged_bytes);
  const auto bits = ZxcvbnMatch(judged.c_str(), words.data(), &raw);
  const match_list parts(raw);
  if (bits >= bits_of_scores.at(std::min(bounds.min_score, bits_of_scores.size()) - 1))
    return std::nullopt;
  const auto* longest = parts.get();
  for (const auto* part = longest; part != nullptr; part = part->Next)
    if (part->Length > longest->Length)
      longest = part;
  return longest == nullptr ? field_rule::predictable : rule_of(longest->Type);
}

std::vector<std::string> own_words(std::string_view email, std::string_view nickname,
                                   const std::vector<std::string>& of_site) {
  std::vector<std::string> words;
  const auto at = email.find('@');
  add_parts(plain_spelling(folded(email)), words);
  if (at != std::string_view::npos && at >= 3)
    words.push_back(plain_spelling(folded(email.substr(0, at))));
  add_parts(plain_spelling(folded(nickname)), words);
  for (const auto& word : of_site)
    add_parts(plain_spelling(folded(word)), words);
  return words;
}

} // namespace tinybook
