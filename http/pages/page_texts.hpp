#pragma once

#include "http/pages/page_data.hpp"
#include "storage/support/language.hpp"

#include <array>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace tinybook::http {

inline constexpr std::array every_language{language::en, language::zh};

/// As those who read it call it.
[[nodiscard]] std::string_view name_of(language lang);

/// The words on the pages, by key and language (`texts.toml`). Immutable.
class page_texts {
 public:
  /// Throws on a file that is no TOML or lacks a language somewhere, which is a bug.
  explicit page_texts(std::string_view toml);

  /// With `values` filled in (`fill_in`). `[key]` for a key that is not there.
  [[nodiscard]] std::string
  text(std::string_view key, language lang,
       std::initializer_list<std::string_view> values = {}) const;

  [[nodiscard]] bool has(std::string_view key) const { return texts_.contains(key); }

  /// All of one language, as `t` of the templates.
  [[nodiscard]] const page_data& all(language lang) const;

 private:
  struct entry {
    std::string en;
    std::string zh;
  };

  std::map<std::string, entry, std::less<>> texts_;
  page_data en_;
  page_data zh_;
};

} // namespace tinybook::http
