#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tinybook::http {

struct schema_member;

/// The shape of a JSON value in answers, for the description of the API. It stands beside
/// what writes the value, as a constant, and carries the examples of which those of whole
/// answers are made.
struct schema {
  enum class kind : std::uint8_t { null, boolean, integer, text, list, object, any };

  kind what = kind::null;
  std::string_view name{};    ///< Of its component; empty = written out where it is used.
  std::string_view about{};   ///< What the name of the member does not say.
  std::string_view sample{};  ///< Of a text.
  std::string_view format{};  ///< Of a text: `date-time`.
  std::string_view pattern{}; ///< Of a text.
  std::span<const std::string_view> words{}; ///< Of a text: what it can be.
  std::int64_t number = 0;                   ///< The sample of an integer or a boolean.
  std::int64_t min = 0;                      ///< Of an integer.
  std::int64_t max = 0;                      ///< Of an integer; 0 = as for all.
  const schema* items = nullptr;             ///< Of a list.
  const schema_member* members = nullptr;    ///< Of an object.
  std::size_t member_count = 0;
  bool nullable = false;

  static constexpr schema text(std::string_view sample) {
    return {.what = kind::text, .sample = sample};
  }
  static constexpr schema word(std::span<const std::string_view> words) {
    return {.what = kind::text, .sample = words.front(), .words = words};
  }
  static constexpr schema matching(std::string_view pattern, std::string_view sample) {
    return {.what = kind::text, .sample = sample, .pattern = pattern};
  }
  static constexpr schema time(std::string_view sample) {
    return {.what = kind::text, .sample = sample, .format = "date-time"};
  }
  static constexpr schema count(std::int64_t sample) {
    return {.what = kind::integer, .number = sample};
  }
  static constexpr schema id(std::int64_t sample) {
    return {.what = kind::integer, .number = sample, .min = 1};
  }
  static constexpr schema flag(bool sample) {
    return {.what = kind::boolean, .number = sample ? 1 : 0};
  }
  static constexpr schema list(const schema& items) {
    return {.what = kind::list, .items = &items};
  }
  static constexpr schema object(std::span<const schema_member> members);
  static constexpr schema any() { return {.what = kind::any}; }

  [[nodiscard]] constexpr schema says(std::string_view words_about) const {
    auto said = *this;
    said.about = words_about;
    return said;
  }
  [[nodiscard]] constexpr schema named(std::string_view component) const {
    auto called = *this;
    called.name = component;
    return called;
  }
  [[nodiscard]] constexpr schema or_null() const {
    auto either = *this;
    either.nullable = true;
    return either;
  }
};

struct schema_member {
  std::string_view name;
  schema of;
  bool sometimes = false; ///< It may be absent.
};

constexpr schema schema::object(std::span<const schema_member> members) {
  return {
      .what = kind::object, .members = members.data(), .member_count = members.size()};
}

// What JSON Schema calls patterns.
inline constexpr std::string_view date_pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
inline constexpr std::string_view date_or_empty_pattern =
    "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$";

/// The `data` of an answer that has none.
inline constexpr schema no_data{};

} // namespace tinybook::http
