#include "actors/accounts/password_strength.hpp"

#include "actors/codes/phone_number.hpp"
#include "storage/support/plain_spelling.hpp"
#include "storage/support/text.hpp"
#include "storage/support/unicode.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
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
/// Of what is typed, before its separators and runs are taken out: the work has a bound.
constexpr std::size_t looked_at_code_points = 4 * judged_bytes;

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

/// What zxcvbn's lists lack of what is tried first: runs across the keyboard, in China
/// pinyin and numbers that sound like words, and the words for "password" and "I love
/// you" of languages with letters of their own.
constexpr auto known_passwords = std::to_array<const char*>({
    "1q2w3e4r5t6y7u8i9o0p",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t",
    "1q2w3e4r",
    "1q2w3e",
    "q1w2e3r4t5y6",
    "q1w2e3r4t5",
    "q1w2e3r4",
    "q1w2e3",
    "1qaz2wsx3edc4rfv",
    "1qaz2wsx3edc",
    "1qaz2wsx",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "zaq1",
    "xsw2",
    "cde3",
    "vfr4",
    "zaq12wsxcde3",
    "zaq12wsx",
    "zaq1xsw2cde3",
    "zaq1xsw2",
    "1qazxsw2",
    "12wsx",
    "qazwsxedcrfv",
    "qazwsxedc",
    "qazwsx",
    "edcrfv",
    "qweasdzxc",
    "qweasd",
    "asdzxc",
    "qwe123",
    "asd123",
    "zxc123",
    "qaz123",
    "123qwe",
    "123qweasd",
    "1234qwer",
    "qwer1234",
    "asdf1234",
    "zxcv1234",
    "147258369",
    "741852963",
    "789456123",
    "woaini",
    "woaini1314",
    "5201314",
    "1314520",
    "520520",
    "5211314",
    "1314",
    "520",
    "521",
    "woaiwojia",
    "woaiwo",
    "aini",
    "wodemima",
    "mima",
    "nihao",
    "zhongguo",
    "beijing",
    "shanghai",
    "guangzhou",
    "shenzhen",
    "caonima",
    "tamade",
    "wocao",
    "laopo",
    "laogong",
    "baobei",
    "baobao",
    "qinaide",
    "xihuanni",
    "buzhidao",
    "woshishui",
    "meiyoumima",
    "shengri",
    "kuaile",
    "gongxifacai",
    "xingfu",
    "aa123456",
    "a123456",
    "abc123456",
    "qq123456",
    "wang",
    "zhang",
    "zhangwei",
    "wangwei",
    "wangfang",
    "liwei",
    "lina",
    "xiaoming",
    "密码",
    "我的密码",
    "我爱你",
    "你好",
    "パスワード",
    "비밀번호",
    "사랑해",
    "gfhjkm", // By the keys of Cyrillic: пароль, and so on.
    "ghbdtn",
    "k.,jdm",
    "vfhbyf",
    "yfnfif",
    "cjkysirj",
    "rhfcjnrf",
    "vjqgfhjkm",
});

/// None where `password` takes as many tries as `bits` are.
std::optional<field_rule> broken_rule(const std::string& password,
                                      std::vector<const char*> words, double bits) {
  words.push_back(nullptr);
  ZxcMatch_t* raw = nullptr;
  const auto taken = ZxcvbnMatch(password.c_str(), words.data(), &raw);
  const match_list parts(raw);
  if (taken >= bits)
    return std::nullopt;
  const auto* longest = parts.get();
  for (const auto* part = longest; part != nullptr; part = part->Next)
    if (part->Length > longest->Length)
      longest = part;
  return longest == nullptr ? field_rule::predictable : rule_of(longest->Type);
}

void add_parts(std::string_view text, std::vector<std::string>& to) {
  constexpr std::size_t min_bytes = 3;
  constexpr std::string_view separators = "@.-_+ '";
  constexpr std::string_view digits = "0123456789";
  const auto add_alone = [&](std::string_view word) {
    if (word.size() >= min_bytes)
      to.emplace_back(word);
  };
  // A name that a number was added to is guessed with other numbers.
  const auto add = [&](std::string_view word) {
    add_alone(word);
    if (word.find_first_of(digits) == std::string_view::npos)
      return;
    while (!word.empty()) {
      const bool number = digits.find(word.front()) != std::string_view::npos;
      const auto end = std::min(word.size(), number ? word.find_first_not_of(digits)
                                                    : word.find_first_of(digits));
      add_alone(word.substr(0, end));
      word.remove_prefix(end);
    }
  };
  add(text);
  if (const auto joined = without_separators(text); joined.text.size() != text.size())
    add(joined.text);
  for (auto end = text.find_first_of(separators); end != std::string_view::npos;
       end = text.find_first_of(separators)) {
    add(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  add(text);
}

/// A spelling that a guesser comes to, and how much harder that is, in bits.
struct spelling {
  std::string text;
  double added = 0;
};

/// As it is read, with what follows a known order as one word, too; and what is left of
/// it without separators: both of these, typed by other keys, and as repetitions and runs
/// of any script. Separators of one kind or two are worth one of 32, which phrases of
/// common words are given for their spaces; each further kind is worth as much again.
std::vector<spelling> spellings_of(const std::string& typed) {
  const auto password = truncate_code_points(typed, looked_at_code_points, "");
  constexpr double bits_of_a_separator = 5;
  const auto joined = without_separators(password);
  const auto kinds = std::min<std::size_t>(joined.parted_by, 1)
                     + std::max<std::size_t>(joined.parted_by, 2) - 2;
  const auto more = static_cast<double>(kinds) * bits_of_a_separator;
  std::vector<spelling> all{{plain_spelling(password)}};
  const auto add = [&](std::string text, double added) {
    text.resize(std::min(text.size(), judged_bytes));
    if (!text.empty() && std::ranges::find(all, text, &spelling::text) == all.end())
      all.push_back({std::move(text), added});
  };
  all.front().text.resize(std::min(all.front().text.size(), judged_bytes));
  if (const auto shorter = without_known_runs(password))
    add(plain_spelling(*shorter), 0);
  add(plain_spelling(joined.text), more);
  if (const auto shorter = without_known_runs(joined.text))
    add(plain_spelling(*shorter), more);
  if (!is_ascii(joined.text)) {
    add(by_latin_keys(joined.text), more);
    add(pattern_of(joined.text), more);
  }
  return all;
}

} // namespace

std::optional<field_rule> too_guessable(const std::string& password,
                                        const guess_bounds& bounds) {
  if (bounds.min_score == 0)
    return std::nullopt;
  const auto bits =
      bits_of_scores.at(std::min(bounds.min_score, bits_of_scores.size()) - 1);
  std::vector<const char*> own;
  own.reserve(bounds.words.size() + known_passwords.size() + 1);
  for (const auto& word : bounds.words)
    own.push_back(word.c_str());
  auto words = own;
  words.insert(words.end(), known_passwords.begin(), known_passwords.end());
  for (const auto& one : spellings_of(password)) {
    const auto rule = broken_rule(one.text, words, bits - one.added);
    // Which of the two lists it is made of, zxcvbn does not tell.
    if (rule == field_rule::own_words
        && broken_rule(one.text, own, bits - one.added) != field_rule::own_words)
      return field_rule::common_words;
    if (rule)
      return rule;
  }
  return std::nullopt;
}

std::vector<std::string> own_words(std::string_view email, std::string_view nickname,
                                   const std::string& phone,
                                   const std::vector<std::string>& of_site) {
  std::vector<std::string> words;
  const auto at = email.find('@');
  add_parts(plain_spelling(folded(email)), words);
  if (at != std::string_view::npos && at >= 3)
    words.push_back(plain_spelling(folded(email.substr(0, at))));
  add_parts(plain_spelling(folded(nickname)), words);
  if (!phone.empty()) {
    words.push_back(phone);
    words.push_back(phone.substr(1)); // Without the plus.
    const auto number = parse_phone("phone", phone, "", phone_rule::possible);
    if (number && number->country_prefix.size() < phone.size())
      words.push_back(phone.substr(number->country_prefix.size()));
  }
  for (const auto& word : of_site)
    add_parts(plain_spelling(folded(word)), words);
  return words;
}

} // namespace tinybook
