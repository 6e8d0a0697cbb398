#pragma once

#include "storage/errc.hpp"

#include <cassert>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tinybook {

/// What a field broke. The HTTP layer turns it into text in the reader's language.
enum class field_rule : std::uint8_t {
  required,      ///< Missing or null.
  wrong_type,    ///< Not the JSON type that is asked for.
  too_short,     ///< Fewer than `limit` code points.
  too_long,      ///< More than `limit` code points (or bytes, for an e-mail).
  out_of_range,  ///< A number outside of what is allowed; `limit` is the nearest allowed.
  not_utf8,      ///< Invalid UTF-8.
  not_email,     ///< Not an e-mail address.
  not_phone,     ///< Not a phone number that can exist.
  not_code,      ///< Not exactly `limit` digits.
  not_date,      ///< Not `YYYY-MM-DD`, or not a real calendar day.
  in_future,     ///< A day after today.
  mismatch,      ///< Differs from the field that it must repeat.
  not_one_of,    ///< Not one of the allowed words.
  not_supported, ///< Known, but not in this mode or version.
  service_number,  ///< A phone number of a service: premium rate, toll-free and the like.
  fixed_line,      ///< A phone number of a landline, where those get no SMS.
  nothing_visible, ///< A name of white space and marks only.
  too_much_markup, ///< More than `limit` bytes of HTML.
  too_many_tags,   ///< More than `limit` tags of HTML.
  too_deep,        ///< HTML elements more than `limit` deep within one another.
  too_tangled,     ///< HTML that contradicts itself too much to be understood.
  address_too_long, ///< A link or picture in HTML whose address has more than `limit`
                    ///< bytes.
  alt_too_long,     ///< A picture in HTML whose `alt` has more than `limit` code points.
  not_key,          ///< Not one Idempotency-Key of printable ASCII without blanks.
  common_words,     ///< A password of words that a guesser tries first.
  own_words,        ///< A password made of one's e-mail or nickname, or the site's names.
  predictable,      ///< A password of repetitions, runs of keys, dates.
  not_time,         ///< Not a time of RFC 3339.
  not_next,         ///< Not the `next` that a page of the list gave.
  exactly_one,      ///< Of the fields in `allowed` none is given, or several are.
  hidden_character, ///< Control or invisible characters, in UTF-8.
};

struct field_error {
  std::string field;
  field_rule rule = field_rule::required;
  /// What `rule` compares with; unused by rules without a number.
  std::int64_t limit = 0;
  /// For the text alone: the words that are allowed, the limit where it is written in
  /// another way, or `text`, `integer`, `boolean`, `object`, `duration` for the type.
  std::string allowed{};

  bool operator==(const field_error& other) const {
    return field == other.field && rule == other.rule && limit == other.limit;
  }
};

/// `failure::retry_after` of what passes by itself.
inline constexpr std::chrono::seconds retry_soon{1};

/// The rule of a code that always means the same one. A bare `rate_limited` is what a
/// connection too many is answered with, a bare `quota_reached` an article too many.
[[nodiscard]] constexpr limit_rule usual_rule(errc code) {
  switch (code) {
  case errc::rate_limited:
    return limit_rule::connections_at_once;
  case errc::send_cooldown:
    return limit_rule::code_cooldown;
  case errc::too_many_tries:
    return limit_rule::code_tries;
  case errc::send_held:
    return limit_rule::code_guard;
  case errc::quota_reached:
    return limit_rule::articles_of_person;
  default:
    return limit_rule::none;
  }
}

/// Why an operation did not happen. `detail` is for our log only, never for the client,
/// and carries no code, password, token or whole phone number.
struct failure {
  errc code = errc::internal;
  std::string detail;
  std::chrono::milliseconds retry_after{0}; ///< 0 = no Retry-After.
  std::vector<field_error> fields;
  /// With `step_up_required`: what it takes. With a limit on who is logged in: what else
  /// does.
  std::vector<std::string_view> proofs{};
  limit_rule rule = limit_rule::none; ///< Of a limit or bound that is reached.
  /// Plain text for the person in place of that of `code`; empty = there is none.
  std::string text{};

  failure() = default;
  failure(errc c) : code(c), rule(usual_rule(c)) {} // NOLINT: `return errc::x;`
  failure(errc c, std::string why)
      : code(c), detail(std::move(why)), rule(usual_rule(c)) {}
  failure(errc c, std::chrono::milliseconds wait)
      : code(c), retry_after(wait), rule(usual_rule(c)) {}
  failure(limit_rule reached, std::chrono::milliseconds wait)
      : code(errc::rate_limited), retry_after(wait), rule(reached) {}
  failure(field_error f) : code(errc::invalid_field), fields{std::move(f)} {} // NOLINT
};

/// A value or the reason why there is none (C++23's std::expected, as far as we need it).
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {} // NOLINT
  result(failure f) : content_(std::in_place_index<1>, std::move(f)) {}   // NOLINT
  result(errc code) : result(failure{code}) {}                            // NOLINT

  [[nodiscard]] bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & { return *checked(std::get_if<0>(&content_)); }
  [[nodiscard]] const T& value() const& { return *checked(std::get_if<0>(&content_)); }
  [[nodiscard]] T&& value() && { return std::move(value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] failure& error() { return *checked(std::get_if<1>(&content_)); }
  [[nodiscard]] const failure& error() const {
    return *checked(std::get_if<1>(&content_));
  }

 private:
  template <class P>
  static P* checked(P* content) {
    assert(content != nullptr);
    return content;
  }

  std::variant<T, failure> content_;
};

/// The value of an operation that only succeeds or fails.
struct done {
  bool operator==(const done&) const = default;
};

/// `errc::none` where it went well.
template <class T>
[[nodiscard]] errc code_of(const result<T>& r) {
  return r ? errc::none : r.error().code;
}

/// Drops the value: for callers who need to know only that it went well.
template <class T>
[[nodiscard]] result<done> as_done(const result<T>& r) {
  if (!r)
    return r.error();
  return done{};
}

} // namespace tinybook
