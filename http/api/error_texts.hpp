#pragma once

#include "storage/result.hpp"
#include "storage/support/language.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tinybook::http {

[[nodiscard]] int http_status(errc code);

/// What a person reads about an error.
[[nodiscard]] std::string_view text_of(errc code, language lang);

/// … about this very failure: its own text; else, where a limit is behind it, what that
/// is about.
[[nodiscard]] std::string_view text_of(const failure& why, language lang);

/// `why` as it is told to who is logged in: no e-mail was given that could be wrong.
[[nodiscard]] failure about_own_password(failure why, language lang);

/// The stable word of a rule, as clients read it in `rule`.
[[nodiscard]] std::string_view name_of(field_rule rule);

/// What a person reads about a refused field.
[[nodiscard]] std::string text_of(const field_error& refused, language lang);

struct field_rule_entry {
  field_rule rule;
  std::string_view name;
  std::string_view en; ///< `{}` stands for the limit (`fill_in`).
  std::string_view zh;
};

/// The whole table, in the order of the enum.
[[nodiscard]] std::span<const field_rule_entry> field_rule_table();

} // namespace tinybook::http
