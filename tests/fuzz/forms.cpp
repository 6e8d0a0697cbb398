#include "http/api/public_routes.hpp"
#include "http/api/request_checks.hpp"
#include "http/api/route_table.hpp"
#include "http/pages/form_tokens.hpp"
#include "http/pages/gzip.hpp"
#include "http/pages/page_routes.hpp"
#include "http/pages/page_view.hpp"
#include "http/pages/plain_articles.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tinybook::fuzz {

namespace {

/// The paths of all forms.
const std::vector<std::string>& form_paths() {
  static const auto paths = [] {
    std::vector<std::string> out;
    for (const auto& one : http::page_routes())
      if (one.method == "POST") {
        std::string path{one.path};
        if (const auto at = path.find(":id"); at != std::string::npos)
          path.replace(at, 3, "7");
        out.push_back(std::move(path));
      }
    return out;
  }();
  return paths;
}

void read_as_form(const std::string& path, std::string_view body) {
  static const http::route_table table(http::public_routes());
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  const auto match = table.find(request.method, path);
  const auto input = http::read_input(request, match, 8, "h-captcha-response");
  if (!input) {
    expect(input.error().code == errc::bad_request, "a form is shown again or too large");
    return;
  }
  expect(input->form.size() <= 100, "a form has few fields");
  if (input->refused)
    expect(!input->refused->fields.empty(), "what is refused names a field");
  for (const auto& spec : match.found->body)
    if (input->fields.has(spec.name) && spec.type != http::field_type::integer
        && spec.type != http::field_type::boolean)
      expect(input->fields.text(spec.name).find('\r') == std::string::npos,
             "lines end as they are stored");
}

} // namespace

void forms(std::string_view input) {
  if (input.empty())
    return;
  const auto& paths = form_paths();
  read_as_form(paths[static_cast<unsigned char>(input.front()) % paths.size()],
               input.substr(1));
  const auto shown = http::html_as_typed(input);
  expect(shown == input || http::typed_as_html(shown) == input,
         "HTML that is edited as text is saved as it was");
  const auto html = http::typed_as_html(input);
  expect(http::typed_as_html(http::html_as_typed(html)) == html,
         "what was typed is saved as it was shown");
  const auto path = http::own_path(input);
  expect(path.starts_with('/') && !path.starts_with("//")
             && std::ranges::none_of(
                 path, [](char c) { return c <= ' ' || c == '\\' || c >= 0x7f; }),
         "nobody is sent elsewhere");
  (void)http::accepts_gzip(input);
}

} // namespace tinybook::fuzz
