#include "storage/like_event_json.hpp"

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

using nlohmann::json;

/// Version of the fields' meaning. An additional field is no new format: readers ignore
/// it.
constexpr std::int64_t format = 1;
constexpr std::int64_t largest_id = (std::int64_t{1} << 53) - 1;

/// Reads the fields of one object and gathers what is wrong with them.
class event_reader {
 public:
  explicit event_reader(const json& object) : object_(object) {}

  void read(const char* name, std::string& to) {
    if (const auto* value = find(name)) {
      if (value->is_string())
        to = value->get<std::string>();
      else
        refuse(name, field_rule::wrong_type);
    }
  }

  void read(const char* name, bool& to) {
    if (const auto* value = find(name)) {
      if (value->is_boolean())
        to = value->get<bool>();
      else
        refuse(name, field_rule::wrong_type);
    }
  }

  template <std::signed_integral T>
  void read(const char* name, T& to, std::int64_t least,
            std::int64_t most = std::numeric_limits<T>::max()) {
    const auto* value = find(name);
    if (value == nullptr)
      return;
    if (!value->is_number_integer()) {
      refuse(name, field_rule::wrong_type);
      return;
    }
    // The parser makes every number that is not negative unsigned; one above 2^63 would
    // wrap round when read as signed.
    bool above = value->is_number_unsigned()
                 && std::cmp_greater(value->get<std::uint64_t>(), most);
    auto number = value->get<std::int64_t>();
    if (above || number < least)
      refuse(name, field_rule::out_of_range, above ? most : least);
    else
      to = static_cast<T>(number);
  }

  [[nodiscard]] std::vector<field_error>& errors() { return errors_; }

 private:
  const json& object_;
  std::vector<field_error> errors_;

  const json* find(const char* name) {
    auto it = object_.find(name);
    if (it != object_.end())
      return &*it;
    refuse(name, field_rule::required);
    return nullptr;
  }

  void refuse(const char* name, field_rule rule, std::int64_t limit = 0) {
    errors_.push_back({name, rule, limit});
  }
};

} // namespace

std::string encode_event(const article_event& event) {
  json object{{"format", format},
              {"biz", event.biz},
              {"id", event.id},
              {"ver", event.ver},
              {"cnt", event.cnt},
              {"published", event.published},
              {"title", event.title},
              {"author_id", event.author_id},
              {"author_name", event.author_name},
              {"read_cnt", event.read_cnt},
              {"day", event.day},
              {"day_cnt", event.day_cnt},
              {"day_ver", event.day_ver}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

result<article_event> decode_event(std::string_view text) {
  auto object = json::parse(text, nullptr, false);
  if (!object.is_object())
    return failure{errc::malformed_json, "an article event is not a JSON object"};
  article_event event;
  std::int64_t its_format = 0;
  event_reader reader(object);
  reader.read("format", its_format, 1);
  if (its_format > format)
    return failure{errc::wrong_state,
                   "an article event of format " + std::to_string(its_format)
                       + ", made by a newer tinybook: this one reads format "
                       + std::to_string(format)};
  reader.read("biz", event.biz);
  reader.read("id", event.id, 1, largest_id);
  reader.read("ver", event.ver, 0);
  reader.read("cnt", event.cnt, 0);
  reader.read("published", event.published);
  reader.read("title", event.title);
  reader.read("author_id", event.author_id, 0, largest_id);
  reader.read("author_name", event.author_name);
  reader.read("read_cnt", event.read_cnt, 0);
  reader.read("day", event.day, std::numeric_limits<std::int32_t>::min());
  reader.read("day_cnt", event.day_cnt, 0);
  reader.read("day_ver", event.day_ver, 0);
  if (reader.errors().empty())
    return event;
  failure refused{errc::invalid_field, "an article event with bad fields:"};
  refused.fields = std::move(reader.errors());
  for (const auto& bad : refused.fields)
    refused.detail += ' ' + bad.field;
  return refused;
}

} // namespace tinybook
