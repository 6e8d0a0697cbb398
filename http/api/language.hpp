#pragma once

#include "storage/support/language.hpp"

#include <optional>
#include <string_view>

namespace tinybook::http {

/// A sentence for people, in each of our languages.
struct sentence {
  std::string_view en = "OK";
  std::string_view zh = "成功";

  [[nodiscard]] std::string_view text(language lang) const {
    return lang == language::zh ? zh : en;
  }
};

/// Its tag of BCP 47, as in `lang` of HTML and in `/language/…`.
[[nodiscard]] std::string_view code_of(language lang);

/// What an `Accept-Language` header prefers among the languages that we have, by its
/// q-values, the first of equals; nothing where it names none of them.
[[nodiscard]] std::optional<language> preferred_language(std::string_view header);

} // namespace tinybook::http
