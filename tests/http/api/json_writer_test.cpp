#include "http/api/json_writer.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <rapidcheck.h>
#include <string>

namespace tinybook::http {

TEST_CASE("any bytes become a valid JSON string, and UTF-8 survives unchanged") {
  CHECK(rc::check("round trip", [](const std::string& bytes) {
    std::string out;
    append_json_string(out, bytes);
    auto read = nlohmann::json::parse(out);
    RC_ASSERT(read.is_string());
    bool ascii = std::ranges::all_of(bytes, [](char c) { return c >= 0; });
    if (ascii)
      RC_ASSERT(read.get<std::string>() == bytes);
  }));
  std::string out;
  append_json_string(out, "最受欢迎 \"<b>\"\n");
  CHECK(nlohmann::json::parse(out) == "最受欢迎 \"<b>\"\n");
  CHECK(out.find('<') == std::string::npos);
}

TEST_CASE("what is special is escaped at each place of a text, and nothing else is") {
  for (int c = 0; c < 128; ++c)
    for (std::size_t at = 0; at < 18; ++at) {
      std::string text(18, '~');
      text[at] = static_cast<char>(c);
      std::string out;
      append_json_string(out, text);
      const bool special = c < ' ' || c == '"' || c == '\\' || c == '<' || c == 0x7f;
      CHECK((out == '"' + text + '"') == !special);
      CHECK(nlohmann::json::parse(out) == text);
    }
}

TEST_CASE("commas stand between members and elements only") {
  std::string out = "x";
  json_writer w(out);
  w.begin_object().member("a", 1).member("b", "{").member("c", true);
  w.key("d").begin_array().value(1).value("[").null().begin_object().end_object();
  w.end_array().member("e", 0.5).end_object();
  CHECK(out == R"(x{"a":1,"b":"{","c":true,"d":[1,"[",null,{}],"e":0.5})");
}

} // namespace tinybook::http
