#pragma once

#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace tinybook::http::test {

using fields = std::map<std::string, std::string>;

/// A browser without scripts in front of the pages, logged in or not.
struct viewer {
  explicit viewer(api_world& w, bool member = false) : http(w.client()) {
    if (member)
      cookies = "tb_session=" + w.access_token() + "~refresh";
  }

  httplib::Result get(const std::string& path) {
    auto shown = http.Get(path, headers());
    keep(shown);
    return shown;
  }
  /// The form of `from`, which may be another page, with `typed`.
  httplib::Result send(const std::string& from, const std::string& to, fields typed) {
    return post(get(from), to, std::move(typed));
  }
  httplib::Result post(const httplib::Result& page, const std::string& to, fields typed) {
    const std::string begin = R"(name="csrf" value=")";
    const auto at = page->body.find(begin);
    REQUIRE_MESSAGE(at != std::string::npos, page->body);
    const auto from = at + begin.size();
    typed["csrf"] = page->body.substr(from, page->body.find('"', from) - from);
    httplib::Params params{typed.begin(), typed.end()};
    auto shown = http.Post(to, headers(), params);
    keep(shown);
    return shown;
  }
  /// What a tab sends that was left open while another session began.
  httplib::Result send_expired(const std::string& to, fields typed = {}) {
    typed["csrf"] = "of another session";
    auto shown = http.Post(to, headers(), httplib::Params{typed.begin(), typed.end()});
    keep(shown);
    return shown;
  }

  httplib::Client http;
  std::string cookies;
  std::string lang = "en";

 private:
  [[nodiscard]] httplib::Headers headers() const {
    return {{"Accept", "text/html"}, {"Accept-Language", lang}, {"Cookie", cookies}};
  }
  void keep(const httplib::Result& shown) {
    REQUIRE(shown);
    for (auto [at, end] = shown->headers.equal_range("Set-Cookie"); at != end; ++at)
      cookies += "; " + at->second.substr(0, at->second.find(';'));
  }
};

inline bool has(const httplib::Result& page, const std::string& text) {
  return page->body.find(text) != std::string::npos;
}

inline std::size_t count(const httplib::Result& page, const std::string& text) {
  std::size_t n = 0;
  for (auto at = page->body.find(text); at != std::string::npos;
       at = page->body.find(text, at + 1))
    ++n;
  return n;
}

/// Whether the answer takes the cookie out of the browser.
[[nodiscard]] inline bool drops(const httplib::Result& page, const std::string& cookie) {
  for (auto [at, end] = page->headers.equal_range("Set-Cookie"); at != end; ++at)
    if (at->second.starts_with(cookie + "=;"))
      return true;
  return false;
}

/// Where a redirect leads; empty where it is none.
[[nodiscard]] inline std::string location(const httplib::Result& page) {
  return page->status == 303 ? page->get_header_value("Location") : "";
}

} // namespace tinybook::http::test
