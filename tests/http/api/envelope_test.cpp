#include "http/api/envelope.hpp"
#include "http/api/error_texts.hpp"
#include "http/api/language.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace tinybook::http {

using nlohmann::json;
using namespace std::chrono_literals;

TEST_CASE("a success has code 0, a text and its data") {
  auto read = json::parse(success_body(R"({"id":1})", "OK"));
  CHECK(read == json{{"code", 0}, {"msg", "OK"}, {"data", {{"id", 1}}}});
}

TEST_CASE("an error names code, word, text, fields and request, never its detail") {
  failure why{errc::invalid_field, "secret detail"};
  why.fields = {{"nickname", field_rule::too_long, 10}};
  auto text = error_body(why, language::en, "r1");
  CHECK(text.find("secret") == std::string::npos);
  auto read = json::parse(text);
  CHECK(read["code"] == 1002);
  CHECK(read["error"] == "invalid_field");
  CHECK(read["data"].is_null());
  CHECK(read["requestId"] == "r1");
  CHECK(read["fields"][0]["field"] == "nickname");
  CHECK(read["fields"][0]["rule"] == "too_long");
  CHECK(read["fields"][0]["msg"] == "At most 10 characters are allowed.");
}

TEST_CASE("a limit on who is logged in says what else helps, that of a log-in nothing") {
  failure why{limit_rule::login_device, std::chrono::seconds{9}};
  for (const auto lang : {language::en, language::zh}) {
    const std::string log_in{text_of(why, lang)};
    why.proofs = {"code"};
    const std::string by_code{text_of(why, lang)};
    why.proofs = {"password"};
    const std::string by_password{text_of(why, lang)};
    why.proofs.clear();
    const std::string code = lang == language::en ? "code" : "验证码";
    CHECK(log_in.find(code) != std::string::npos);
    CHECK(by_code.find(code) != std::string::npos);
    CHECK(by_password.find(code) == std::string::npos);
    CHECK(by_code != log_in);
  }
  CHECK(text_of(field_error{"title", field_rule::too_long, 1}, language::en)
        == "At most 1 character is allowed.");
}

TEST_CASE("every rule has a word of its own and a text in both languages, in order") {
  std::set<std::string_view> words;
  int place = 0;
  for (const auto& entry : field_rule_table()) {
    CHECK(static_cast<int>(entry.rule) == place++);
    CHECK(words.insert(entry.name).second);
    CHECK(!entry.en.empty());
    CHECK(!entry.zh.empty());
  }
  CHECK(static_cast<int>(field_rule::hidden_character) == place - 1);
}

TEST_CASE("a password made of the own phone is told so") {
  const field_error own{"password", field_rule::own_words, 0};
  CHECK(text_of(own, language::en).find("phone") != std::string::npos);
  CHECK(text_of(own, language::zh).find("手机号") != std::string::npos);
}

TEST_CASE("a second code while the first is on its way is a conflict") {
  CHECK(http_status(errc::sms_pending) == 409);
}

TEST_CASE("the language is the best that the client asks for") {
  CHECK(preferred_language("zh-CN,zh;q=0.9,en;q=0.8") == language::zh);
  CHECK(preferred_language("en;q=0.5, zh;q=0.4") == language::en);
  CHECK(preferred_language("zh;q=0.4, en ; q=0.5") == language::en);
  CHECK(preferred_language("fr, zh;q=0.1") == language::zh);
  CHECK(preferred_language("zh;q=0, *;q=0.1") == language::en);
  CHECK(preferred_language("fr-FR") == std::nullopt);
  CHECK(preferred_language("") == std::nullopt);
  CHECK(preferred_language("zh;q=banana,en;q=0.1") == language::en);
  CHECK(preferred_language(",,;;q=,") == std::nullopt);
}

TEST_CASE("every 429 names its rule, and no other error has one") {
  for (int i = 0; i <= static_cast<int>(errc::deadline_exceeded); ++i) {
    const failure why{static_cast<errc>(i)};
    const auto read = json::parse(error_body(why, language::en, "r1"));
    CAPTURE(read["error"]);
    CHECK(read.contains("rule") == (http_status(why.code) == 429));
  }
}

TEST_CASE("a rule has a name, and a sentence in both languages") {
  for (int i = 1; i <= static_cast<int>(limit_rule::connections_at_once); ++i) {
    const auto rule = static_cast<limit_rule>(i);
    CAPTURE(name_of(rule));
    CHECK_FALSE(name_of(rule).empty());
    const failure why{rule, 1s};
    CHECK(text_of(why, language::en) != text_of(why, language::zh));
    CHECK(text_of(why, language::en).size() > 10);
    CHECK(json::parse(error_body(why, language::zh, "r1"))["rule"] == name_of(rule));
  }
}

TEST_CASE("a log-in by password that is one too many is told to use a code, whatever the "
          "limit") {
  for (const auto rule :
       {limit_rule::login_account, limit_rule::login_device, limit_rule::login_address,
        limit_rule::login_network, limit_rule::login_attempts,
        limit_rule::login_attempts_network}) {
    CHECK(text_of({rule, 1s}, language::en)
          == text_of({limit_rule::login_account, 1s}, language::en));
    CHECK(text_of({rule, 1s}, language::en).find("code by SMS") != std::string::npos);
    CHECK(text_of({rule, 1s}, language::zh).find("短信验证码") != std::string::npos);
  }
}

TEST_CASE("who has entered too many codes is told of the password where there is one") {
  failure why{limit_rule::session_codes, 1s};
  CHECK(text_of(why, language::en).find("codes") != std::string_view::npos);
  CHECK(text_of(why, language::en).find("password") == std::string_view::npos);
  why.proofs = {"password"};
  CHECK(text_of(why, language::en).find("use your password") != std::string_view::npos);
  CHECK(text_of(why, language::zh).find("改用密码") != std::string_view::npos);
}

TEST_CASE("Retry-After is rounded up to whole seconds and stands on every 429 and 503") {
  CHECK(retry_after({errc::send_cooldown, 59'001ms}) == 60s);
  CHECK(retry_after({errc::rate_limited, 1ms}) == 1s);
  CHECK(retry_after(errc::overloaded) == 1s);
  CHECK(retry_after(errc::too_many_tries) == 1s);
  CHECK(retry_after(errc::wrong_code) == std::nullopt);
}

} // namespace tinybook::http
