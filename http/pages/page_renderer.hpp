#pragma once

#include "http/pages/gzip.hpp"
#include "http/pages/page_data.hpp"
#include "http/pages/page_texts.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace tinybook::http {

/// A file that browsers may keep for ever: its address changes with its content.
struct static_file {
  std::string path; ///< `/static/<hash>/style.css`
  std::string_view content_type;
  zipped_text content;
};

/// Fills the templates that are built into the binary. Immutable, used by all pollers.
class page_renderer {
 public:
  /// Throws where a template is broken, which is a bug.
  page_renderer();
  page_renderer(const page_renderer&) = delete;
  page_renderer& operator=(const page_renderer&) = delete;

  [[nodiscard]] const page_texts& texts() const { return texts_; }

  /// The template `name` filled with `data`; what `data` lacks comes from the texts (`t`)
  /// and from `style_url`, `script_url` and `icon_url`. Texts are escaped unless the
  /// template asks for them as they are.
  [[nodiscard]] std::string render(std::string_view name, language lang,
                                   const page_data& data) const;

  [[nodiscard]] const static_file* find(std::string_view name) const;

 private:
  std::map<std::string, std::unique_ptr<kainjow::mustache::mustache>, std::less<>>
      templates_;
  std::map<std::string, static_file, std::less<>> files_;
  page_texts texts_;
  page_data urls_;
};

} // namespace tinybook::http
