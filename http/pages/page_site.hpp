#pragma once

#include "http/pages/page_renderer.hpp"
#include "http/pages/prepared_pages.hpp"

namespace tinybook::http {

/// What all pages of a listener share.
class page_site {
 public:
  page_renderer renderer;
  prepared_pages prepared;
  /// The reference of the API by language; made before anything is served.
  std::array<zipped_text, every_language.size()> reference;
};

} // namespace tinybook::http
