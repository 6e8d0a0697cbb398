#pragma once

#include "tests/blackbox/client.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::test {

/// A form as it stands in a page, with what its fields hold.
struct page_form {
  std::string action;
  std::map<std::string, std::string> fields;
};

/// What a browser shows after the last redirect.
struct shown_page {
  int status = 0;
  std::string path; ///< Of the address that was reached.
  std::string html;
  httplib::Headers headers;

  [[nodiscard]] bool has(const std::string& text) const {
    return html.find(text) != std::string::npos;
  }
  [[nodiscard]] std::string header(const std::string& name) const;
  /// The values of every attribute of that name.
  [[nodiscard]] std::vector<std::string> all(const std::string& attribute) const;
  /// Of `<link rel="…">`.
  [[nodiscard]] std::string address(const std::string& rel) const;
  /// The form that is sent to `action`; the test fails where there is none.
  [[nodiscard]] page_form form(const std::string& action) const;
};

/// A browser without scripts: keeps cookies, follows redirects, sends the forms of pages
/// with all their hidden fields.
class page_browser {
 public:
  explicit page_browser(int port);

  shown_page get(const std::string& path);
  /// Sends the form of `page` with `typed` in its fields.
  shown_page send(const shown_page& page, const std::string& action,
                  const std::map<std::string, std::string>& typed = {});
  /// A form as it is, without looking at a page.
  shown_page post(const std::string& path,
                  const std::map<std::string, std::string>& fields);

  cookie_jar cookies{};
  httplib::Headers more{}; ///< Headers that every request has.

 private:
  [[nodiscard]] httplib::Headers headers() const;
  shown_page take(const httplib::Result& result, const std::string& path);

  std::shared_ptr<httplib::Client> http_; ///< Shared by copies.
};

} // namespace tinybook::test
