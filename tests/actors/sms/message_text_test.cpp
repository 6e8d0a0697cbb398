#include "actors/sms/message_text.hpp"

#include <doctest/doctest.h>

namespace tinybook {

TEST_CASE("each template carries the code and its life in both languages") {
  message_parameters parameters{{"code", "012345"}, {"minutes", "10"}};
  for (const auto* id : {"login_code", "bind_code", "reset_code"})
    for (auto lang : {language::en, language::zh}) {
      auto text = render_message(id, parameters, lang);
      REQUIRE(text);
      CHECK(text->find("012345") != std::string::npos);
      CHECK(text->find("10") != std::string::npos);
      CHECK(text->find_first_of("{}") == std::string::npos);
    }
  CHECK(*render_message("login_code", parameters, language::en)
        == "012345 is your tinybook log-in code. It is valid for 10 minutes. "
           "Never share it.");
  CHECK(*render_message("login_code", parameters, language::zh)
        == "【tinybook】登录验证码 012345，10 分钟内有效。请勿告诉他人。");
}

TEST_CASE("a code that is valid for a minute says so") {
  const message_parameters parameters{{"code", "012345"}, {"minutes", "1"}};
  for (const auto* id : {"login_code", "bind_code", "reset_code", "step_up_code"}) {
    const auto text = render_message(id, parameters, language::en);
    REQUIRE(text);
    CHECK_MESSAGE(text->find("for 1 minute.") != std::string::npos, *text);
  }
}

TEST_CASE("the last line binds the code to the host of the pages") {
  const message_parameters parameters{
      {"code", "012345"}, {"minutes", "10"}, {"host", "tinybook.example"}};
  for (auto lang : {language::en, language::zh})
    CHECK(render_message("login_code", parameters, lang)
              ->ends_with("\n\n@tinybook.example #012345"));
}

TEST_CASE("a parameter is text, not a template") {
  message_parameters parameters{{"code", "{minutes}"}, {"minutes", "10"}};
  auto text = render_message("login_code", parameters, language::en);
  REQUIRE(text);
  CHECK(text->starts_with("{minutes} is"));
}

TEST_CASE("a missing parameter or template is an error that names no value") {
  auto missing = render_message("login_code", {{"code", "012345"}}, language::en);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == errc::internal);
  CHECK(missing.error().detail.find("012345") == std::string::npos);
  CHECK_FALSE(render_message("nothing", {}, language::en));
}

} // namespace tinybook
