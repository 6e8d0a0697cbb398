#include "http/pages/page_texts.hpp"

#include "http/text_tools.hpp"

#include <stdexcept>
#include <toml++/toml.h>

namespace tinybook::http {

std::string_view name_of(language lang) {
  return lang == language::zh ? "中文" : "English";
}

page_texts::page_texts(std::string_view toml) {
  const auto parsed = toml::parse(toml);
  page_data en;
  page_data zh;
  for (const auto& [key, value] : parsed) {
    const std::string name{key.str()};
    const auto in = [&](const char* lang) {
      const auto text = value.is_table() ? (*value.as_table())[lang].value<std::string>()
                                         : std::nullopt;
      if (!text)
        throw std::runtime_error(name + " has no text in " + lang);
      return *text;
    };
    const auto& kept = texts_[name] = {in("en"), in("zh")};
    en.set(name, kept.en);
    zh.set(name, kept.zh);
  }
  en_.set("t", en);
  zh_.set("t", zh);
}

std::string page_texts::text(std::string_view key, language lang,
                             std::initializer_list<std::string_view> values) const {
  const auto found = texts_.find(key);
  if (found == texts_.end())
    return '[' + std::string{key} + ']';
  return fill_in(lang == language::zh ? found->second.zh : found->second.en, values);
}

const page_data& page_texts::all(language lang) const {
  return lang == language::zh ? zh_ : en_;
}

} // namespace tinybook::http
