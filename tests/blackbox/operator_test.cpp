#include "tests/blackbox/fixture.hpp"

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

namespace tinybook::test {

using nlohmann::json;

namespace {

/// The receiver of a webhook on loopback; it answers as configured.
class hook_server {
 public:
  hook_server() {
    server_.Post("/sms", [this](const httplib::Request&, httplib::Response& response) {
      response.status = status;
      response.set_content(R"({"id":"h-1"})", "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] {
      server_.listen_after_bind();
    }};
  }
  ~hook_server() {
    server_.stop();
    thread_.join();
  }
  hook_server(const hook_server&) = delete;
  hook_server& operator=(const hook_server&) = delete;

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/sms";
  }

  std::atomic<int> status{400};

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

/// A server whose only provider is the hook, and its operator with the token.
struct operated_server {
  operated_server() {
    std::ofstream{settings.path() / "hook.toml"}
        << "[[sms.providers]]\nname = \"hook\"\nkind = \"webhook\"\nurl = \""
        << hook.url() << "\"\n";
    server = std::make_unique<running_server>(
        std::vector<std::string>{"--config", (settings.path() / "hook.toml").string()});
    std::string token;
    std::getline(std::ifstream{server->folder.path() / "admin.token"}, token);
    reader = std::make_unique<client>(server->admin());
    admin = std::make_unique<client>(server->admin());
    admin->use_tokens(token, "");
  }

  /// Reads until `wanted` holds of the data at `path`.
  json wait_for(const std::string& path, const std::function<bool(const json&)>& wanted) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{15};
    json last;
    do
      last = reader->get(path).data();
    while (!wanted(last) && std::chrono::steady_clock::now() < until);
    REQUIRE_MESSAGE(wanted(last), last.dump());
    return last;
  }

  /// A message to `phone` that the hook has finally rejected.
  json dead_letter(const std::string& phone) {
    hook.status = 410;
    CHECK(server->browser().send_code(phone).status == 200);
    return wait_for("/admin/sms/messages", [](const json& page) {
      return page.is_object() && page["items"].size() == 1;
    })["items"][0];
  }

  answer act(const std::string& path, const json& body) {
    return admin->post(path, body);
  }

  hook_server hook;
  temporary_folder settings;
  std::unique_ptr<running_server> server;
  std::unique_ptr<client> reader;
  std::unique_ptr<client> admin;
};

std::string path_of(const json& message) {
  return "/admin/sms/messages/" + message["id"].dump();
}

} // namespace

TEST_CASE("a dead letter is listed with its try, and redriven once the cause is gone") {
  operated_server s;
  const auto dead = s.dead_letter("13800138000");
  CHECK(dead["state"] == "dead");
  CHECK(dead["phone"] == "+86138****8000");
  CHECK(dead["purpose"] == "login");
  REQUIRE(dead["attempts"].size() == 1);
  CHECK(dead["attempts"][0]["provider"] == "hook");
  CHECK(dead["attempts"][0]["outcome"] == "rejected");
  CHECK(dead["attempts"][0]["code"] == "410");

  s.hook.status = 200;
  const auto redriven = s.act(path_of(dead) + "/redrive", {{"reason", "fixed"}});
  REQUIRE_MESSAGE(redriven.status == 200, redriven.text);
  const auto sent = s.wait_for(path_of(redriven.data()),
                               [](const json& m) { return m["state"] == "delivered"; });
  CHECK(sent["parent"] == dead["id"]);
  CHECK(sent["expiresAt"] == dead["expiresAt"]);
  CHECK(s.reader->get("/admin/sms/messages").data()["items"].empty());
  const auto old = s.reader->get(path_of(dead)).data();
  CHECK(old["handled"] == "redriven");
  CHECK(old["handledBy"] == "admin");
  CHECK(s.act(path_of(dead) + "/redrive", {{"reason", "again"}}).error()
        == "wrong_state");
  CHECK(s.act(path_of(sent) + "/discard", {{"reason", "no"}}).error() == "wrong_state");
}

TEST_CASE("a discarded letter is off the list and in the log") {
  operated_server s;
  const auto dead = s.dead_letter("13800138000");
  const auto path = path_of(dead) + "/discard";
  CHECK(s.reader->post(path, {{"reason", "old"}}).error() == "admin_token_needed");
  CHECK(s.act(path, json::object()).error() == "invalid_field");
  CHECK(s.act(path, {{"reason", ""}}).error() == "invalid_field");
  CHECK(s.reader->get("/admin/sms/messages").data()["items"].size() == 1);

  CHECK(s.act(path, {{"reason", "a known test number"}}).status == 200);
  CHECK(s.reader->get("/admin/sms/messages").data()["items"].empty());
  const auto all = s.reader->get("/admin/sms/messages?handled=1&provider=hook").data();
  REQUIRE(all["items"].size() == 1);
  CHECK(all["items"][0]["handled"] == "discarded");
  CHECK(s.act(path_of(dead) + "/redrive", {{"reason", "x"}}).error() == "wrong_state");
  CHECK(s.server->process->wait_output("a known test number", std::chrono::seconds{5},
                                       true));
}

TEST_CASE("a forced state shows at the sender, holds messages back and is lifted") {
  operated_server s;
  const std::string path = "/admin/providers/hook/state";
  const auto forced_is = [&](const std::string& word) {
    return s.wait_for("/admin/actors/sms-sender-hook", [&](const json& actor) {
      return actor["facts"].value("forced", "") == word;
    });
  };
  CHECK(
      s.act("/admin/providers/nobody/state", {{"state", "open"}, {"reason", "x"}}).error()
      == "provider_not_found");
  CHECK(s.reader->post(path, {{"state", "open"}, {"reason", "x"}}).status == 401);
  CHECK(s.act(path, {{"state", "open"}, {"ttl", "10m"}}).error() == "invalid_field");
  const json open{{"state", "open"}, {"ttl", "10m"}, {"reason", "they asked"}};
  REQUIRE(s.act(path, open).status == 200);
  const auto actor = forced_is("open");
  CHECK(actor["facts"]["forced_by"] == "admin");
  CHECK(s.reader->get("/metrics").text.find("provider=\"hook\"") != std::string::npos);

  s.hook.status = 200;
  CHECK(s.server->browser().send_code("13800138001").status == 200);
  const std::string waiting = "/admin/sms/messages?state=ready,leased";
  CHECK(s.reader->get(waiting).data()["items"].size() == 1);
  REQUIRE(s.act(path, {{"state", "auto"}, {"reason", "done"}}).status == 200);
  s.wait_for("/admin/actors/sms-sender-hook",
             [](const json& one) { return one["facts"].value("forced", "") != "open"; });
  s.wait_for("/admin/sms/messages?state=delivered",
             [](const json& page) { return page["items"].size() == 1; });
  CHECK(s.reader->get(waiting).data()["items"].empty());
}

} // namespace tinybook::test
