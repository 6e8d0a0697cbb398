#include "http/pages/page_site.hpp"

#include "config/url.hpp"

namespace tinybook::http {

namespace {

std::string policy_with(const config::abuse_settings& widget) {
  const auto& script = widget.widget_script;
  const auto parts = config::split_url(script);
  if (!parts)
    return std::string{page_policy};
  auto sources = ' ' + script.substr(0, script.size() - parts->target.size());
  for (const auto& source : widget.widget_sources)
    sources += ' ' + source;
  std::string out{page_policy};
  for (const std::string_view own :
       {"style-src 'self'", "script-src 'self'", "connect-src 'self'"})
    out.insert(out.find(own) + own.size(), sources);
  return out + "; frame-src" + sources;
}

} // namespace

page_site::page_site(const config::abuse_settings& widget)
    : widget_policy(policy_with(widget)) {}

} // namespace tinybook::http
