#include "tests/blackbox/fixture.hpp"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace tinybook::test {

namespace {

std::string other_than(const std::string& code) {
  return code == "000000" ? "000001" : "000000";
}

/// The code in the message to `phone` (without its +86) that has `word` in its text.
std::string code_with(const running_server& server, const std::string& phone,
                      const std::string& word) {
  REQUIRE(server.process->wait_output(word, std::chrono::seconds{10}));
  return server.code_for("+86" + phone);
}

/// A person whose account has `phone`.
client person_with_phone(const running_server& server, const std::string& name,
                         const std::string& phone) {
  auto c = server.person(name);
  CHECK(c.post("/users/phone/code/send", {{"phone", phone}}).status == 200);
  auto code = code_with(server, phone, "绑定手机");
  CHECK(c.post("/users/phone/bind", {{"phone", phone}, {"code", code}}).status == 200);
  return c;
}

/// The sizes, in MiB, of what is writable of the heaps of threads. The C library begins
/// each at a multiple of 64 MiB and reserves the rest of those.
std::vector<unsigned long> heaps_of(int pid) {
  constexpr unsigned long mib = 1UL << 20U;
  std::vector<unsigned long> sizes;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  unsigned long begun = 0;
  unsigned long reserve = 0;
  for (std::string line; std::getline(maps, line);) {
    unsigned long from = 0;
    unsigned long to = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &from, &to) != 2)
      continue;
    const bool is_reserve = line.find(" ---p ") != std::string::npos;
    if (is_reserve && from == reserve && to == begun + 64 * mib)
      sizes.push_back((from - begun) / mib);
    begun = from % (64 * mib) == 0 ? from : 0;
    reserve = to;
  }
  return sizes;
}

} // namespace

TEST_CASE_FIXTURE(running_server,
                  "a phone is bound by code, and logs in to the account") {
  auto ann = person_with_phone(*this, "ann", "13800138000");
  CHECK(ann.get("/users/profile").body["Phone"] == "+8613800138000");
  auto phone = browser();
  CHECK(phone.send_code("13800138000").status == 200);
  auto login = code_with(*this, "13800138000", "登录");
  CHECK(phone.log_in_by_code("13800138000", login).status == 200);
  CHECK(phone.get("/users/profile").body["Email"] == "ann@example.org");
  auto bob = person("bob");
  CHECK(bob.post("/users/phone/code/send", {{"phone", "13800138001"}}).status == 200);
  auto code = code_for("+8613800138001");
  CHECK(bob.post("/users/phone/bind",
                 {{"phone", "13800138001"}, {"code", other_than(code)}})
            .error()
        == "wrong_code");
  CHECK(bob.post("/users/phone/bind", {{"phone", "13800138002"}, {"code", code}}).error()
        == "wrong_code");
  CHECK(bob.post("/users/phone/bind", {{"phone", "13800138001"}, {"code", code}}).status
        == 200);
  CHECK(browser().post("/users/phone/bind", {{"phone", "1"}, {"code", "1"}}).error()
        == "login_required");
}

TEST_CASE_FIXTURE(running_server, "a phone of another account is not bound") {
  auto owner = browser();
  CHECK(owner.send_code("13800138000").status == 200);
  CHECK(owner.log_in_by_code("13800138000", code_for("+8613800138000")).status == 200);
  auto bob = person("bob");
  CHECK(bob.post("/users/phone/code/send", {{"phone", "13800138000"}}).status == 200);
  auto code = code_with(*this, "13800138000", "绑定手机");
  CHECK(bob.post("/users/phone/bind", {{"phone", "13800138000"}, {"code", code}}).error()
        == "phone_taken");
  CHECK(bob.get("/users/profile").body["Phone"] == "");
}

TEST_CASE_FIXTURE(running_server,
                  "a new password by code ends every session of the account at once") {
  auto one = person_with_phone(*this, "ann", "13800138000");
  auto two = browser();
  CHECK(two.log_in("ann@example.org", "correct horse").status == 200);
  auto forgot = browser();
  CHECK(forgot.post("/users/password/code/send", {{"phone", "13800138000"}}).status
        == 200);
  auto code = code_with(*this, "13800138000", "重置密码");
  auto reset = [&](const std::string& entered, const std::string& phone) {
    return forgot.post(
        "/users/password/reset",
        {{"phone", phone}, {"code", entered}, {"password", "battery staple"}});
  };
  CHECK(reset(other_than(code), "13800138000").error() == "wrong_code");
  CHECK(reset(code, "13800138001").error() == "wrong_code");
  CHECK(forgot.log_in_by_code("13800138000", code).error() == "wrong_code");
  CHECK(reset(code, "13800138000").status == 200);
  for (auto* session : {&one, &two}) {
    CHECK(session->get("/users/profile").error() == "token_revoked");
    session->use_tokens(session->refresh(), session->refresh());
    CHECK(session->get("/users/refresh_token").error() == "token_revoked");
  }
  CHECK(two.log_in("ann@example.org", "correct horse").error() == "wrong_credentials");
  CHECK(two.log_in("ann@example.org", "battery staple").status == 200);
  CHECK(reset(code, "13800138000").error() == "wrong_code");
}

TEST_CASE_FIXTURE(running_server,
                  "a phone without an account resets nothing and is told nothing") {
  auto c = browser();
  CHECK(c.post("/users/password/code/send", {{"phone", "13800138000"}}).status == 200);
  auto code = code_for("+8613800138000");
  CHECK(c.post("/users/password/reset",
               {{"phone", "13800138000"}, {"code", code}, {"password", "battery staple"}})
            .error()
        == "wrong_code");
}

TEST_CASE_FIXTURE(
    running_server,
    "a changed password ends the other sessions and goes on with a new one") {
  auto here = person("ann");
  auto there = browser();
  CHECK(there.log_in("ann@example.org", "correct horse").status == 200);
  auto change = [&](const std::string& old_password) {
    return here.post("/users/password/change",
                     {{"oldPassword", old_password}, {"password", "battery staple"}});
  };
  CHECK(change("wrong horse").error() == "wrong_credentials");
  CHECK(there.get("/users/profile").status == 200);
  auto changed = change("correct horse");
  CHECK(changed.status == 200);
  CHECK(here.get("/users/profile").error() == "token_revoked");
  CHECK(there.get("/users/profile").error() == "token_revoked");
  here.use_tokens(changed.header("X-Jwt-Token"), changed.header("X-Refresh-Token"));
  CHECK(here.get("/users/profile").status == 200);
  CHECK(there.log_in("ann@example.org", "correct horse").error() == "wrong_credentials");
  CHECK(there.log_in("ann@example.org", "battery staple").status == 200);
}

TEST_CASE("codes to a region that nobody enters are held back, home goes on") {
  running_server server{{"--set", "codes.guard.min_samples=3", "--set",
                         "codes.guard.min_samples_per_address=100", "--set",
                         "codes.guard.grace=1s", "--set", "codes.guard.refresh=100ms"}};
  auto c = server.browser();
  auto known = server.browser();
  CHECK(known.send_code("+4915112345670").status == 200);
  CHECK(known.log_in_by_code("+4915112345670", server.code_for("+4915112345670")).status
        == 200);
  for (int i = 10; i < 20; ++i)
    CHECK(c.send_code("+49151123456" + std::to_string(i)).status == 200);
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  auto held = [&] {
    return server.admin().get("/admin/actors/verification").text.find("guard.DE.held")
           != std::string::npos;
  };
  while (!held() && std::chrono::steady_clock::now() < until)
    continue;
  auto refused = c.send_code("+4915112345690");
  CHECK(refused.status == 429);
  CHECK(refused.error() == "send_held");
  CHECK(refused.header("Retry-After") != "");
  CHECK(known.send_code("+4915112345670").error() == "send_cooldown"); // Not held.
  CHECK(c.send_code("13800138000").status == 200);
}

TEST_CASE_FIXTURE(running_server,
                  "the heap of a thread need not grow while passwords are hashed") {
  CHECK(person("ann").get("/users/profile").status == 200);
  const auto heaps = heaps_of(process->pid());
  REQUIRE(!heaps.empty());
  for (const auto mib : heaps)
    CHECK(mib >= 16);
}

} // namespace tinybook::test
