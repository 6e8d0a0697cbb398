#include "tests/blackbox/fixture.hpp"

namespace tinybook::test {

TEST_CASE("codes, passwords, tokens and whole phones never reach the log or an error") {
  running_server server{{"--set", "log.level=trace", "--set", "log.format=text"}};
  auto c = server.browser();
  const std::string password = "Tr0ub4dor-and-3-horses";
  const std::string phone = "13912345678";
  std::string errors;
  auto note = [&](const answer& a) {
    if (a.status >= 400)
      errors += a.text;
  };
  note(c.sign_up("ann@example.org", password));
  note(c.log_in("ann@example.org", password + "x"));
  note(c.log_in("ann@example.org", password));
  auto access = c.access();
  auto refresh = c.refresh();
  note(c.get("/users/profile?token=" + access));
  note(c.get("/" + access + "/" + phone + "?password=" + password));
  note(c.post_raw("/users/login", "{\"password\":\"" + password, "application/json"));
  note(c.send_code(phone));
  auto code = server.code_for("+86" + phone);
  note(c.log_in_by_code(phone, "00" + code));
  note(c.log_in_by_code(phone + "9", code));
  note(c.log_in_by_code(phone, code));
  note(c.send_code(phone));
  c.use_tokens(refresh, refresh);
  note(c.get("/users/profile"));
  note(c.get("/users/refresh_token"));
  auto admin = server.admin();
  auto inside = admin.get("/admin/actors").text + admin.get("/metrics").text;
  server.process->signal(15);
  auto status = server.process->wait_exit();
  REQUIRE(status.has_value());
  REQUIRE_MESSAGE(*status == 0, server.process->standard_error());

  auto log = server.process->standard_error();
  CHECK(log.find("token_invalid") != std::string::npos);
  for (const auto& secret : {password, phone, code, access, refresh}) {
    CHECK(log.find(secret) == std::string::npos);
    CHECK(errors.find(secret) == std::string::npos);
    CHECK(inside.find(secret) == std::string::npos);
  }
}

} // namespace tinybook::test
