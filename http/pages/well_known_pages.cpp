#include "http/api/respond.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/page_view.hpp"

namespace tinybook::http {

namespace {

/// What every search engine sees is what nobody has to log in for.
constexpr auto robots = "User-agent: *\n"
                        "Disallow: /banned\n"
                        "Disallow: /language/\n"
                        "Disallow: /login\n"
                        "Disallow: /mine\n"
                        "Disallow: /profile\n"
                        "Disallow: /security\n"
                        "Disallow: /signup\n"
                        "Disallow: /write\n";

constexpr auto for_a_day = "public, max-age=86400";

task<result<answer>> show_robots(call c) {
  static const zipped_text text(robots, 9);
  co_return cacheable_text(c.request, text, for_a_day, "text/plain; charset=utf-8");
}

/// For who asks without having read a page.
task<result<answer>> show_icon(call c) {
  const auto* icon = c.env.pages->renderer.find("icon.svg");
  co_return cacheable_text(c.request, icon->content, for_a_day, icon->content_type);
}

/// Where password managers look (W3C, "A Well-Known URL for Changing Passwords").
task<result<answer>> change_password(call) {
  co_return see_other("/profile/password");
}

route well_known(std::string_view path, handler handle, std::string_view summary) {
  return page_at(path, handle, summary, auth_need::none, asked_actor::none);
}

} // namespace

std::vector<route> well_known_page_routes() {
  return {well_known("/robots.txt", show_robots, "What search engines may look at."),
          well_known("/favicon.ico", show_icon, "The icon."),
          well_known("/.well-known/change-password", change_password,
                     "Leads to the form for another password.")};
}

} // namespace tinybook::http
