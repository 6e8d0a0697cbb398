#pragma once

#include "tests/actors/support/identity_world.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace tinybook::test {

using namespace std::chrono_literals;

/// Codes to log in, as the verification actor sends and checks them.
class code_world : public identity_world {
 public:
  explicit code_world(bool started = true) {
    if (started)
      start_all();
  }

  result<code_sent> send(const std::string& phone = "13800138000",
                         client_info client = client_at()) {
    return call(verification, send_code{phone, "login", std::move(client), language::zh});
  }

  result<verified_phone> check(const std::string& code, const std::string& asker = {},
                               const std::string& phone = "13800138000") {
    auto client = client_at();
    client.asker = asker;
    return check_and_use({phone, "login", code, client});
  }

  /// A code that is not the last one.
  std::string wrong_code() { return last_code() == "000000" ? "000001" : "000000"; }
};

} // namespace tinybook::test
