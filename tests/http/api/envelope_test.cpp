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

TEST_CASE("every rule has a word of its own and a text in both languages, in order") {
  std::set<std::string_view> words;
  int place = 0;
  for (const auto& entry : field_rule_table()) {
    CHECK(static_cast<int>(entry.rule) == place++);
    CHECK(words.insert(entry.name).second);
    CHECK(!entry.en.empty());
    CHECK(!entry.zh.empty());
  }
  CHECK(static_cast<int>(field_rule::predictable) == place - 1);
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

TEST_CASE("Retry-After is rounded up to whole seconds and stands on every 429 and 503") {
  CHECK(retry_after({errc::send_cooldown, 59'001ms}) == 60s);
  CHECK(retry_after({errc::rate_limited, 1ms}) == 1s);
  CHECK(retry_after(errc::overloaded) == 1s);
  CHECK(retry_after(errc::too_many_tries) == 1s);
  CHECK(retry_after(errc::wrong_code) == std::nullopt);
}

} // namespace tinybook::http
