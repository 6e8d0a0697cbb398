#pragma once

#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/page_browser.hpp"

#include <string>

namespace tinybook::test {

/// The built server, and browsers that visit its pages.
struct pages_world : running_server {
  using running_server::running_server;
  [[nodiscard]] page_browser visitor() const { return page_browser{process->port()}; }

  /// A new account, logged in.
  [[nodiscard]] page_browser member(const std::string& name) const {
    auto b = visitor();
    const auto page = b.send(b.get("/signup"), "/signup",
                             {{"email", name + "@example.org"},
                              {"password", "correct horse"},
                              {"confirmPassword", "correct horse"}});
    REQUIRE(page.status == 200);
    REQUIRE(b.cookies.contains("tb_session"));
    return b;
  }
};

} // namespace tinybook::test
