#pragma once

#include "config/settings.hpp"
#include "http/pages/page_renderer.hpp"
#include "http/pages/prepared_pages.hpp"

#include <string>
#include <string_view>

namespace tinybook::http {

/// The content policy of pages: nothing inline, nothing of others but pictures in
/// articles.
inline constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What all pages of a listener share.
class page_site {
 public:
  explicit page_site(const config::abuse_settings& widget);

  page_renderer renderer;
  prepared_pages prepared;
  /// The reference of the API by language; made before anything is served.
  std::array<zipped_text, every_language.size()> reference;
  /// The same of pages with the operator's widget: what its script loads comes, too.
  const std::string widget_policy;
};

} // namespace tinybook::http
