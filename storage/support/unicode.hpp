#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What Unicode says about texts that people type, by the tables of utf8proc and libidn2.
/// All take valid UTF-8 without NUL.
namespace tinybook {

/// Whether a reader sees anything: a character that is neither white space nor a mark on
/// another one, nor one of those that are drawn as nothing. Characters that the tables do
/// not know yet count, for new hanzi come with each version.
[[nodiscard]] bool shows_something(std::string_view text);

/// Whether it holds what nobody sees or types, and what makes two names look alike:
/// control, format, private-use and line-separator characters and all others that are
/// drawn as nothing; but not joiners and variation selectors within an emoji, or behind
/// an ideograph.
[[nodiscard]] bool holds_hidden(std::string_view text);

/// White space of any kind: categories Zs, Zl and Zp, the ASCII ones and next line.
[[nodiscard]] bool is_white_space(char32_t c);

/// A password as it is hashed, so that it is the same from every keyboard: each space is
/// an ASCII one, the rest is in NFC (RFC 8265, section 4.2, OpaqueString).
[[nodiscard]] std::string opaque_string(std::string_view text);

/// In NFKC and lower case, without characters that are drawn as nothing: what full-width
/// letters, composed and decomposed accents and pasted zero-width characters have in
/// common. The same again changes nothing.
[[nodiscard]] std::string folded(std::string_view text);

/// A domain with A-labels (`xn--…`, IDNA 2008 by the rules of TR46); one of ASCII as it
/// is. Nothing where it cannot be one.
[[nodiscard]] std::optional<std::string> ascii_domain(std::string_view domain);

} // namespace tinybook
