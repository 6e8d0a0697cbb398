#pragma once

#include <span>
#include <string_view>

namespace tinybook::http {

/// A file of this folder, as it was when the binary was built.
struct page_file {
  std::string_view name; ///< `templates/home.mustache`
  std::string_view content;
};

/// Templates, static files and texts, in the order of their names.
[[nodiscard]] std::span<const page_file> page_files();

} // namespace tinybook::http
