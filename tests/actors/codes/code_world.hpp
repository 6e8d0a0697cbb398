#pragma once

#include "tests/actors/support/identity_world.hpp"

#include <doctest/doctest.h>

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

  /// Makes the account of the phone that `send` asks for; gives a browser that it knows.
  client_info known_to_owner(std::int64_t device_epoch = 0) {
    storage::user ann;
    ann.id = 7;
    ann.phone = "+8613800138000";
    ann.device_epoch = device_epoch;
    stores->users.push_back(ann);
    auto known = client_at();
    known.device = "browser";
    known.device_user = ann.id;
    known.device_epoch = device_epoch;
    return known;
  }
  /// To another phone each time, from another network.
  result<code_sent> send_as_stranger() {
    const auto n = strangers_++;
    return send("138001380" + std::to_string(10 + n),
                client_at("192.0." + std::to_string(n) + ".1"));
  }

  /// What strangers may have of the phone in an hour, from two networks.
  void use_up_phone(const std::string& phone = "13800138000") {
    for (int i = 0; i < 5; ++i) {
      REQUIRE(send(phone, client_at(i < 4 ? "192.0.2.1" : "198.51.100.1")).ok());
      advance(61s, 1s);
    }
  }

  /// A code that is not the last one.
  std::string wrong_code() { return last_code() == "000000" ? "000001" : "000000"; }

 private:
  int strangers_ = 0;
};

} // namespace tinybook::test
