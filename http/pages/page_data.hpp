#pragma once

#include <kainjow/mustache.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace tinybook::http {

/// What a template is filled with: an object of texts, flags, lists and objects. A name
/// that is absent is an empty text and a section that is not shown; an empty text as a
/// section is shown, so what may be empty goes through `set_text`.
using page_data = kainjow::mustache::data;

[[nodiscard]] inline page_data page_list() {
  return page_data{page_data::type::list};
}

inline void set_text(page_data& to, const std::string& name, std::string_view text) {
  to.set(name, std::string{text});
}

/// The section `name` with its one text `key`; nothing where the text is empty.
inline void set_section(page_data& to, const std::string& name, const std::string& key,
                        std::string_view text) {
  if (text.empty())
    return;
  page_data section;
  set_text(section, key, text);
  to.set(name, section);
}

} // namespace tinybook::http
