#include "storage/like_event_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <rapidcheck.h>
#include <string>
#include <utility>

namespace tinybook {

namespace {

article_event sample() {
  return {"article", 7, 3, 2, true, "Tea \"and\" 茶", 5, "Ann", 40, 20'000, 1, 2};
}

nlohmann::json sample_json() {
  return nlohmann::json::parse(encode_event(sample()));
}

failure refusal_of(const nlohmann::json& json) {
  auto decoded = decode_event(json.dump());
  REQUIRE_FALSE(decoded);
  return decoded.error();
}

template <class T>
T positive(T most = std::numeric_limits<T>::max()) {
  auto any = *rc::gen::arbitrary<T>();
  return any < 0 ? static_cast<T>(-(any + 1)) % most + 1 : any % most + 1;
}

} // namespace

TEST_CASE("what is encoded decodes to the same event") {
  CHECK(*decode_event(encode_event(sample())) == sample());
  CHECK(rc::check("round trip", [] {
    constexpr std::int64_t ids = (std::int64_t{1} << 53) - 1;
    auto ascii = rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f'));
    article_event event{.biz = *ascii,
                        .id = positive(ids),
                        .ver = positive<std::int64_t>(),
                        .cnt = positive<std::int64_t>(),
                        .published = *rc::gen::arbitrary<bool>(),
                        .title = *ascii,
                        .author_id = positive(ids),
                        .author_name = *ascii,
                        .read_cnt = positive<std::int64_t>(),
                        .day = *rc::gen::arbitrary<std::int32_t>(),
                        .day_cnt = positive<std::int64_t>(),
                        .day_ver = positive<std::int64_t>()};
    auto decoded = decode_event(encode_event(event));
    RC_ASSERT(decoded.ok());
    RC_ASSERT(decoded.value() == event);
  }));
}

TEST_CASE("every field must be there") {
  auto whole = sample_json();
  CHECK(whole.size() == 13);
  for (const auto& item : whole.items()) {
    auto without = whole;
    without.erase(item.key());
    auto refused = refusal_of(without);
    CHECK(refused.code == errc::invalid_field);
    REQUIRE(refused.fields.size() == 1);
    CHECK(refused.fields[0] == field_error{item.key(), field_rule::required, 0});
  }
}

TEST_CASE("every field must have its type") {
  auto whole = sample_json();
  for (const auto& item : whole.items()) {
    auto wrong = whole;
    wrong[item.key()] = nullptr;
    auto refused = refusal_of(wrong);
    REQUIRE(refused.fields.size() == 1);
    CHECK(refused.fields[0] == field_error{item.key(), field_rule::wrong_type, 0});
  }
  whole["cnt"] = 1.5;
  CHECK(refusal_of(whole).fields[0].rule == field_rule::wrong_type);
}

TEST_CASE("numbers out of range are refused, never wrapped") {
  const std::pair<const char*, nlohmann::json> bad[] = {
      {"format", 0},
      {"id", 0},
      {"id", std::int64_t{1} << 53},
      {"cnt", -1},
      {"ver", std::numeric_limits<std::uint64_t>::max()},
      {"day", std::int64_t{1} << 31},
      {"day", std::numeric_limits<std::uint64_t>::max()},
      {"day", -(std::int64_t{1} << 31) - 1},
      {"read_cnt", -1}};
  for (const auto& [name, value] : bad) {
    auto json = sample_json();
    json[name] = value;
    auto refused = refusal_of(json);
    REQUIRE(refused.fields.size() == 1);
    CHECK(refused.fields[0].field == name);
    CHECK(refused.fields[0].rule == field_rule::out_of_range);
  }
}

TEST_CASE("what is not a JSON object is malformed") {
  for (const auto* text : {"", "{", "[]", "null", "7", "{\"biz\":\"\xff\"}"}) {
    auto decoded = decode_event(text);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == errc::malformed_json);
  }
}

TEST_CASE("an event of a newer format is refused as such") {
  auto json = sample_json();
  json["format"] = 2;
  json["ver"] = "a text"; // Nothing else of it is read.
  const auto refused = refusal_of(json);
  CHECK(refused.code == errc::wrong_state);
  CHECK(refused.detail.find("format 2, made by a newer tinybook") != std::string::npos);
}

TEST_CASE("fields of a later version are ignored") {
  auto json = sample_json();
  json["colour"] = "green";
  CHECK(*decode_event(json.dump()) == sample());
}

TEST_CASE("text that is not UTF-8 does not stop the event") {
  auto event = sample();
  event.title = "a\xff";
  auto decoded = decode_event(encode_event(event));
  REQUIRE(decoded);
  CHECK(decoded->title == "a\xEF\xBF\xBD");
}

TEST_CASE("the key of an event is that of its article") {
  CHECK(key_of(sample()) == "article:7");
}

} // namespace tinybook
