#include "actors/accounts/password_strength.hpp"
#include "storage/support/plain_spelling.hpp"

#include <doctest/doctest.h>
#include <utf8.h>

#include <iterator>
#include <map>
#include <rapidcheck.h>
#include <vector>

namespace tinybook {

namespace {

std::optional<field_rule> judged(const std::string& password, std::size_t min_score = 2,
                                 std::string_view email = "alice.smith@example.org",
                                 std::string_view nickname = "Wanderer") {
  return too_guessable(password, {min_score, own_words(email, nickname)});
}

std::string full_width(char c) {
  const auto wide = static_cast<char32_t>(c) - U'!' + U'\uff01';
  std::string out;
  utf8::append(static_cast<std::uint32_t>(wide), std::back_inserter(out));
  return out;
}

} // namespace

TEST_CASE("what a guesser tries first is refused, with what it is made of") {
  for (const auto* common : {"password", "Password1", "P@ssw0rd!", "iloveyou2",
                             "qwertyuiop", "12345678", "drowssap"})
    CHECK_MESSAGE(judged(common) == field_rule::common_words, std::string(common));
  for (const auto* own : {"alicesmith", "Alice.Smith", "wanderer2024", "w@nd3r3r",
                          "alice.smith@example.org"})
    CHECK_MESSAGE(judged(own) == field_rule::own_words, own);
  for (const auto* run : {"abcabcabcabc", "31.12.1990", "98765432"})
    CHECK_MESSAGE(judged(run) == field_rule::predictable, run);
}

TEST_CASE("words that have nothing to do with one another pass, whatever their case") {
  for (const auto* good :
       {"correct horse battery", "tulip gearbox", "Tr0ub4dor&3", "mY wOrDs arE mInE",
        "我的密码是很长的", "мой длинный пароль", "x7!kQ2p#"})
    CHECK_MESSAGE(judged(good) == std::nullopt, good);
  CHECK(judged("gearbox.tulip", 2, "gearbox.tulip@example.org") == field_rule::own_words);
  CHECK(judged("gearbox.tulip") == std::nullopt);
}

TEST_CASE("runs across the keyboard and what sounds like words in Chinese are common") {
  for (const auto* common :
       {"1q2w3e4r5t6y", "zaq12wsxcde3", "woaini1314520", "1qaz2wsx3edc", "Woaini5201314",
        "qazwsxedc", "zhang1314520", "147258369"})
    CHECK_MESSAGE(judged(common) == field_rule::common_words, std::string(common));
}

TEST_CASE("a phone is guessed first, however it is written") {
  const auto judged_with = [](const std::string& phone, const std::string& password) {
    return too_guessable(password, {2, own_words("", "", phone)});
  };
  for (const auto* own :
       {"+8613812094357", "8613812094357", "13812094357", "13812094357a", "a13812094357"})
    CHECK_MESSAGE(judged_with("+8613812094357", own) == field_rule::own_words, own);
  CHECK(judged_with("+14155552671", "4155552671") == field_rule::own_words);
  CHECK_FALSE(judged_with("+8613812094357", "tulip gearbox").has_value());
  // It is nothing to who has another.
  CHECK(judged_with("+8613812094358", "13812094357") != field_rule::own_words);
}

TEST_CASE("the names of the site are guessed first, too") {
  const auto judged_at = [](const std::string& password) {
    return too_guessable(password,
                         {2, own_words("", "", "", {"tinybook", "www.gazelle.example"})});
  };
  for (const auto* name :
       {"tinybook", "Tinybook2026!", "t1nyb00k", "Gazelle.2026", "www.gazelle.example"})
    CHECK_MESSAGE(judged_at(name) == field_rule::own_words, name);
  CHECK(judged_at("tulip gearbox") == std::nullopt);
}

TEST_CASE("a refused password stays refused however it is spelled") {
  for (const auto* spelling :
       {"ｐａｓｓｗｏｒｄ１２３", "p\u200bass\u00adword\u2060\u200b123",
        "p\u0430ssword123", "pássw\u00f8rd123", "ᴘᴀssᴡᴏʀᴅ123", "password١٢٣",
        "ΡΑЅЅWORD123"})
    CHECK_MESSAGE(judged(spelling) == field_rule::common_words, spelling);
  CHECK(judged("Ｗａｎｄｅｒеr２０２４") == field_rule::own_words);

  const std::map<char, std::vector<const char*>> look_alikes{{'a', {"а", "α", "á"}},
                                                             {'c', {"с", "ϲ"}},
                                                             {'d', {"ԁ"}},
                                                             {'e', {"е", "ë"}},
                                                             {'h', {"һ"}},
                                                             {'i', {"і", "ι", "í"}},
                                                             {'j', {"ј"}},
                                                             {'k', {"к", "κ"}},
                                                             {'m', {"м"}},
                                                             {'n', {"ñ"}},
                                                             {'o', {"о", "ο", "օ", "ø"}},
                                                             {'p', {"р", "ρ"}},
                                                             {'q', {"ԛ"}},
                                                             {'s', {"ѕ"}},
                                                             {'t', {"т"}},
                                                             {'v', {"ν"}},
                                                             {'w', {"ԝ"}},
                                                             {'x', {"х"}},
                                                             {'y', {"у"}},
                                                             {'A', {"А", "Α"}},
                                                             {'B', {"В", "Β"}},
                                                             {'I', {"І"}},
                                                             {'K', {"К", "Κ"}},
                                                             {'O', {"О", "Ο"}},
                                                             {'P', {"Р", "Ρ"}},
                                                             {'S', {"Ѕ"}},
                                                             {'T', {"Т", "Τ"}},
                                                             {'1', {"١", "𝟏"}},
                                                             {'2', {"２", "२"}}};
  const std::vector<std::string> unseen{"\u200b", "\u200d", "\ufeff",    "\u00ad",
                                        "\u2800", "\u3164", "\U000e0041"};
  const std::vector<std::string> common{
      "password",   "Password1",    "iloveyou2",   "qwertyuiop", "PASSWORD2026!",
      "1234567890", "wanderer2024", "Alice.Smith", "abcabcabc",  "P@ssw0rd!"};
  CHECK(rc::check("spellings", [&] {
    const auto& password = *rc::gen::elementOf(common);
    std::string spelled;
    for (const char c : password) {
      const auto known = look_alikes.find(c);
      switch (*rc::gen::inRange(0, 4)) {
      case 0: // The full-width form.
        spelled += full_width(c);
        break;
      case 1:
        spelled += known == look_alikes.end() ? std::string(1, c)
                                              : *rc::gen::elementOf(known->second);
        break;
      case 2:
        spelled += *rc::gen::elementOf(unseen);
        [[fallthrough]];
      default:
        spelled += c;
      }
    }
    RC_ASSERT(plain_spelling(spelled) == password);
    RC_ASSERT(judged(spelled) == judged(password));
    RC_ASSERT(judged(spelled).has_value());
  }));
}

TEST_CASE("separators hide nothing") {
  for (const auto* common :
       {"p a s s w o r d", "p.a.s.s.w.o.r.d", "1-2-3-4-5-6-7-8", "p---assword",
        "pass_word", "q|w|e|r|t|y|u", "ｐ・ａ・ｓ・ｓ・ｗ・ｏ・ｒ・ｄ", "i love you",
        "p                                                                  assword"})
    CHECK_MESSAGE(judged(common).has_value(), std::string(common));
  CHECK(judged("w.a.n.d.e.r.e.r") == field_rule::own_words);
  for (const auto* own : {"139-7170-1846", "139 7170 1846", "(139) 7170.1846",
                          "+86 139 7170 1846", "１３９－７１７０－１８４６"})
    CHECK_MESSAGE(too_guessable(own, {2, own_words("", "", "+8613971701846")})
                      == field_rule::own_words,
                  own);
  // A name that is written with them is guessed without.
  CHECK(judged("annofkkk", 2, "", "Ann of kkk") == field_rule::own_words);
  // Which of the many stands where is not guessed soon.
  for (const auto* good : {"(]~;{k.}%", "#!x}-@q/+", "tulip-gearbox", "----;;%%..~~((//",
                           "another horse", "blue-fish-7"})
    CHECK_MESSAGE(judged(good) == std::nullopt, std::string(good));
}

TEST_CASE("repetitions and runs are seen in every script") {
  const auto times = [](int n, std::string_view text) {
    std::string out;
    for (int i = 0; i < n; ++i)
      out += text;
    return out;
  };
  for (const auto& run :
       {times(8, "啊"), times(8, "😀"), times(8, "ж"), times(8, "☺\ufe0f"),
        times(4, "哈啊"), times(4, "😀🎉"), times(3, "我爱她"),
        std::string{"一二三四五六七八"}, std::string{"八七六五四三二一"},
        std::string{"壹贰叁肆伍陆柒捌"}, std::string{"абвгдеёж"}, std::string{"ЖЁЕДГВБА"},
        std::string{"αβγδεζηθ"}, std::string{"πρστυφχψω"},
        std::string{"啊 啊 啊 啊 啊 啊 啊 啊"}, std::string{"一-二-三-四-五-六-七-八"},
        times(300, "啊"), times(8, "각")})
    CHECK_MESSAGE(judged(run).has_value(), run);
}

TEST_CASE("rows of keys and the orders that people know are guessed first") {
  for (const auto* run : {"qwertyuiopasdfghjklzxcvbnm",
                          "mnbvcxzlkjhgfdsapoiuytrewq",
                          "QWERTYUIOPASDFGHJKLZXCVBNM",
                          "qwertyuiop[]asdfghjkl;'",
                          "!@#$%^&*()_+",
                          "+_)(*&^%$#@!",
                          "!!@@##$$%%^^",
                          "！＠＃＄％＾＆＊（）",
                          "йцукенгшщзхъфывапролджэ",
                          "あいうえおかきくけこ",
                          "こけくきかおえういあ",
                          "さしすせそたちつ",
                          "アイウエオカキクケコ",
                          "ｱｲｳｴｵｶｷｸｹｺ",
                          "あ-い-う-え-お-か-き-く",
                          "가나다라마바사아자차카타파하",
                          "라마바사아자차카",
                          "甲乙丙丁戊己庚辛",
                          "子丑寅卯辰巳午未",
                          "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ",
                          "ㅔㅐㅑㅕㅛㅅㄱㄷㅈㅂ",
                          "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"})
    CHECK_MESSAGE(judged(run).has_value(), std::string(run));
}

TEST_CASE("a name that ends in a number is guessed with others") {
  for (const auto* own : {"sykorova", "sykorova1", "sykorova89", "Sykorova2024"})
    CHECK_MESSAGE(judged(own, 2, "sykorova88@example.org") == field_rule::own_words, own);
  CHECK(judged("evasykorova7", 2, "eva.sykorova88@example.org") == field_rule::own_words);
  CHECK(judged("19880412", 2, "", "anna19880412") == field_rule::own_words);
  CHECK(judged("алёнушка123", 2, "", "Алёнушка7") == field_rule::own_words);
  CHECK(judged("tulip gearbox", 2, "tulip7@example.org") == std::nullopt);
}

TEST_CASE("what is tried first where people write with other letters is common") {
  for (const auto* common :
       {"йцукен123", "ЙЦУКЕН123", "пароль123", "Пароль123", "привет123", "любовь123",
        "наташа123", "й-ц-у-к-е-н-1-2-3", "我爱你123456", "我的密码123", "密码密码1234",
        "パスワード123", "비밀번호123"})
    CHECK_MESSAGE(judged(common).has_value(), common);
}

TEST_CASE("honest phrases of every script pass, by the highest score, too") {
  for (const auto* good :
       {"我在湖边养了一只老乌龟", "春天的茶馆没有一个客人", "天上掉下三块旧地毯和锅",
        "зелёный трактор ест суп", "осенью бобры читают газеты", "мокрый кот и сто ежей",
        "ο γάτος πίνει κρύο τσάι", "湖边的旧茶馆 1987 корабль", "古い駅でカエルが歌う夜",
        "호수에서 늙은 거북이가 잔다"})
    for (const std::size_t score : {2U, 4U})
      CHECK_MESSAGE(judged(good, score) == std::nullopt, good);
}

TEST_CASE("a higher score refuses more, and none accepts all") {
  CHECK(judged("password", 0) == std::nullopt);
  CHECK(judged("correct horse", 2) == std::nullopt);
  CHECK(judged("correct horse", 3) == field_rule::common_words);
  CHECK(judged("correct horse battery", 3) == std::nullopt);
  CHECK(judged("correct horse battery staple", 4) == std::nullopt);
}

TEST_CASE("any text is judged, and what a lower score refuses a higher one does, too") {
  const auto name = rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
  CHECK(rc::check("monotone", [&](const std::string& password) {
    const auto email = *name;
    const auto nickname = *name;
    bool refused = false;
    for (std::size_t score = 0; score <= 4; ++score) {
      const bool now = judged(password, score, email, nickname).has_value();
      RC_ASSERT(now || !refused);
      refused = now;
    }
  }));
  // Longer than what is looked at.
  CHECK(judged(std::string(1024, 'a')).has_value());
  CHECK(judged(std::string(1024, '-') + "correct horse battery staple").has_value());
}

TEST_CASE("the words of a person are their names and the parts of them") {
  CHECK(own_words("alice.smith@mail.example.org", "Ann of K")
        == std::vector<std::string>{
            "alice.smith@mail.example.org", "alicesmithmailexampleorg", "alice", "smith",
            "mail", "example", "org", "alice.smith", "ann of k", "annofk", "ann"});
  CHECK(own_words("", "").empty());
}

} // namespace tinybook
