#pragma once

#include "tests/blackbox/client.hpp"
#include "tests/support/file_content.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

inline bool says(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

/// How a run of the binary that does one thing has ended.
struct outcome {
  int code = -1;
  std::string output;
  std::string errors;
};

/// Runs it with `storage.path = folder` and `words`; `variables` as `server_process`.
inline outcome run_tinybook(const std::filesystem::path& folder,
                            const std::vector<std::string>& words,
                            const std::vector<std::string>& variables = {}) {
  server_process p{TINYBOOK_BINARY, folder, words, variables};
  const auto code = p.wait_exit();
  return {code.value_or(-1), p.standard_output(), p.standard_error()};
}

/// The built server over a data folder of its own; limits that a test's own traffic would
/// reach are off.
struct running_server {
  struct later {}; ///< Not started yet.

  /// `newest`: with keys that the release before does not know.
  static std::vector<std::string> quick_options(bool newest = true) {
    std::vector<std::string> assignments{
        "passwords.argon2_passes=1",      "passwords.argon2_memory=1MiB",
        "login.signups_per_address=0",    "login.failures_per_address=0",
        "codes.sends_per_address_hour=0", "codes.sends_per_address_day=0"};
    if (newest)
      assignments.insert(assignments.end(),
                         {"login.attempts_per_address=0", "codes.sends_per_hour=0",
                          "codes.sends_per_day=0", "articles.saves_per_hour=0",
                          "articles.saves_per_day=0", "articles.likes_per_minute=0"});
    std::vector<std::string> out;
    for (auto& assignment : assignments) {
      out.emplace_back("--set");
      out.push_back(std::move(assignment));
    }
    return out;
  }

  explicit running_server(std::vector<std::string> more = {}) : running_server(later{}) {
    options.insert(options.end(), more.begin(), more.end());
    start();
  }

  explicit running_server(later /*unused*/) : options(quick_options()) {}

  void start() {
    process = std::make_unique<server_process>(TINYBOOK_BINARY, folder.path(), options,
                                               variables);
    REQUIRE_MESSAGE(process->wait_ready(), process->standard_error());
    promised = std::make_shared<const api_contract>(
        client{process->port()}.get("/openapi.json").body);
  }

  [[nodiscard]] client browser() const { return client{process->port(), true, promised}; }
  [[nodiscard]] client admin() const { return client{process->admin_port()}; }

  /// A new account that is logged in.
  [[nodiscard]] client person(const std::string& name) const {
    auto c = browser();
    auto email = name + "@example.org";
    CHECK(c.sign_up(email, "correct horse").status == 200);
    CHECK(c.log_in(email, "correct horse").status == 200);
    return c;
  }

  /// The code that arrives at `phone`.
  [[nodiscard]] std::string code_for(const std::string& phone) const {
    REQUIRE(process->wait_output("SMS to " + phone, std::chrono::seconds{10}));
    auto code = printed_code(process->standard_output(), phone);
    REQUIRE(code.has_value());
    return *code;
  }

  temporary_folder folder;
  std::vector<std::string> options;
  std::vector<std::string> variables; ///< `NAME=value`, for its environment.
  std::unique_ptr<server_process> process;
  std::shared_ptr<const api_contract> promised; ///< Answers to browsers are held to it.
};

} // namespace tinybook::test
