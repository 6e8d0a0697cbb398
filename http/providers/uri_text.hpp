#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tinybook::http {

/// `text` with everything but the unreserved characters of RFC 3986 as `%XX`.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// `a=1&b=2`, percent-encoded, in the order of the names' bytes: a query string, and a
/// form body, too.
[[nodiscard]] std::string
encode_pairs(const std::map<std::string, std::string, std::less<>>& pairs);

/// The fields of an `application/x-www-form-urlencoded` body; of one that is there twice
/// the last counts.
[[nodiscard]] std::map<std::string, std::string, std::less<>>
decode_form(std::string_view body);

} // namespace tinybook::http
