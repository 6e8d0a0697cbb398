#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Removes the part before `separator`, and the separator, from `rest` and returns it.
[[nodiscard]] std::string_view take_until(std::string_view& rest, char separator);

/// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

/// The weight in the parameters of an item of an Accept header, such as `;q=0.8`: 1 where
/// there is none, 0 for nonsense.
[[nodiscard]] double quality_of(std::string_view parameters);

/// Percent-decodes `text`; a `%` without two hexadecimal digits is kept.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// `text` with everything but the unreserved characters of RFC 3986 as `%XX`.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// `a=1&b=2`, percent-encoded, in the order of the names' bytes: a query string, and a
/// form body, too.
[[nodiscard]] std::string
encode_pairs(const std::map<std::string, std::string, std::less<>>& pairs);

/// `text` with `values` in place of each `{}`, in order; of `{second|seconds}` stays what
/// goes with the number before it (`plural_form`). Other braces are text.
[[nodiscard]] std::string fill_in(std::string_view text,
                                  std::initializer_list<std::string_view> values);

/// The fields of an `application/x-www-form-urlencoded` body; of one that is there twice
/// the last counts.
[[nodiscard]] std::map<std::string, std::string, std::less<>>
decode_form(std::string_view body);

/// Whether `origin` (`https://host:8443`) is that of the header Host, by any scheme.
[[nodiscard]] bool is_origin_of(std::string_view origin, std::string_view host);

/// All of `text` as a decimal integer; `out_of_range` if it does not fit 64 bits.
struct parsed_integer {
  enum class outcome : std::uint8_t { ok, not_a_number, out_of_range } what;
  std::int64_t value = 0;
};
[[nodiscard]] parsed_integer parse_integer(std::string_view text);

} // namespace tinybook::http
