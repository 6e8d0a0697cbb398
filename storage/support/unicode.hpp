#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Unicode rules for texts that people type, by the tables of utf8proc, ICU and libidn2.
/// All take valid UTF-8 without NUL.
namespace tinybook {

/// Whether a reader sees anything: a character that is neither white space, nor a
/// combining mark, nor invisible. Characters that the tables do not know yet count as
/// visible, since each version brings new hanzi.
[[nodiscard]] bool has_visible_character(std::string_view text);

/// Whether it holds characters that nobody sees or types, and that make two names look
/// alike: control, format, private-use, line-separator and all other invisible ones; but
/// not joiners, tags and variation selectors within an emoji, selectors after an
/// ideograph, and joiners where scripts such as Arabic or Devanagari are drawn by them
/// (RFC 5892, appendix A).
[[nodiscard]] bool has_hidden_character(std::string_view text);

/// White space of any kind: categories Zs, Zl and Zp, the ASCII ones and next line.
[[nodiscard]] bool is_white_space(char32_t c);

/// A password as it is hashed, so that it is the same from every keyboard: each space is
/// an ASCII one, the rest is in NFC (RFC 8265, section 4.2, OpaqueString).
[[nodiscard]] std::string opaque_string(std::string_view text);

/// In NFKC and lower case, without invisible characters, so that full-width letters,
/// composed or decomposed accents and pasted zero-width characters make no difference.
/// Idempotent.
[[nodiscard]] std::string folded(std::string_view text);

/// A domain with A-labels (`xn--…`, IDNA 2008 by the rules of TR46); one of ASCII as it
/// is. Nothing where it cannot be one.
[[nodiscard]] std::optional<std::string> ascii_domain(std::string_view domain);

} // namespace tinybook
