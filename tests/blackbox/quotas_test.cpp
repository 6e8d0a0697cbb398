#include "tests/blackbox/fixture.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/spawned_server.hpp"
#include "tests/support/waiting.hpp"

#include <httplib.h>

#include <array>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <regex>
#include <spawn.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace tinybook::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// The endpoint of docs/verdicts.md, as it stands there but for its port.
class documented_endpoint : public spawned_server {
 public:
  documented_endpoint() {
    const auto page = content_of(TINYBOOK_VERDICTS_PAGE);
    std::smatch found;
    REQUIRE(std::regex_search(page, found, std::regex{"```python\n([^`]*)```"}));
    const auto program =
        std::regex_replace(found[1].str(), std::regex{"9001"}, std::to_string(port_));
    std::ofstream{file()} << program;
    const auto path = file();
    std::array<const char*, 3> words{"python3", path.c_str(), nullptr};
    posix_spawn_file_actions_t quiet{};
    ::posix_spawn_file_actions_init(&quiet);
    ::posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const auto failed = ::posix_spawnp(&pid_, "python3", &quiet, nullptr,
                                       const_cast<char* const*>(words.data()), environ);
    ::posix_spawn_file_actions_destroy(&quiet);
    REQUIRE(failed == 0);
    REQUIRE(wait_until(10s, [this] {
      return httplib::Client{"127.0.0.1", port_}.Get("/").error()
             != httplib::Error::Connection;
    }));
  }
  ~documented_endpoint() { kill_hard(); }

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/ask";
  }

 private:
  [[nodiscard]] std::string file() const {
    return (folder_.path() / "endpoint.py").string();
  }

  temporary_folder folder_;
  int port_ = free_port();
};

struct judged_server : running_server {
  judged_server() : running_server(later{}) {
    options.insert(options.end(), {"--set", "abuse.webhook=" + endpoint.url(), "--set",
                                   "abuse.webhook_fails=closed"});
    use_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  }

  void use_key(const std::string& key) {
    variables = {"TINYBOOK_ABUSE_WEBHOOK_KEY=" + key};
    process.reset();
    start();
  }

  /// What is answered to a client that shows `token`.
  [[nodiscard]] json post(const std::string& path, const json& body,
                          const std::string& token = {}) const {
    httplib::Client http{"127.0.0.1", process->port()};
    httplib::Headers headers;
    if (!token.empty())
      headers.emplace("X-Verdict-Token", token);
    const auto got = http.Post(path, headers, body.dump(), "application/json");
    REQUIRE(got);
    auto answer = json::parse(got->body);
    answer["status"] = got->status;
    answer["retry_after"] = got->get_header_value("Retry-After");
    return answer;
  }
  [[nodiscard]] json sign_up(const std::string& token = {}) const {
    return post("/users/signup",
                {{"email", "ann@example.org"},
                 {"password", "correct horse"},
                 {"confirmPassword", "correct horse"}},
                token);
  }
  [[nodiscard]] json send(const std::string& token = {}) const {
    return post("/users/login_sms/code/send", {{"phone", "+8613800138000"}}, token);
  }

  documented_endpoint endpoint;
};

} // namespace

TEST_CASE_FIXTURE(judged_server, "the documented endpoint denies codes and sign-ups, and "
                                 "allows those that show what it asks for") {
  for (const auto& denied : {sign_up(), send(), send("guessed")}) {
    CHECK(denied["status"] == 403);
    CHECK(denied["error"] == "verdict_denied");
    CHECK(denied["msg"] == "Please solve the puzzle.");
  }
  CHECK(sign_up("solved")["status"] == 200);
  CHECK(send("solved")["status"] == 200);
  CHECK(process->wait_output("SMS to +8613800138000", 10s));
  const auto long_token = send(std::string(4097, 'x'));
  CHECK(long_token["status"] == 400);
  CHECK(long_token["fields"][0]["field"] == "X-Verdict-Token");
  const auto shown = admin().get("/admin/actors/verdict-hook");
  CHECK(shown.status == 200);
  CHECK_MESSAGE(says(shown.text, R"("name":"denied","value":3)"), shown.text);
  CHECK(says(admin().get("/metrics").text, "denied"));
}

TEST_CASE_FIXTURE(judged_server, "an endpoint that does not take our signature, or is "
                                 "gone, is no verdict") {
  use_key("whsec_" + std::string(32, 'a'));
  auto refused = sign_up("solved");
  CHECK(refused["status"] == 503);
  CHECK(refused["error"] == "unavailable");
  CHECK(refused["retry_after"] == "5");
  endpoint.kill_hard();
  refused = send("solved");
  CHECK(refused["status"] == 503);
  options.insert(options.end(), {"--set", "abuse.webhook_fails=open"});
  use_key("whsec_" + std::string(32, 'a'));
  CHECK(sign_up()["status"] == 200);
  CHECK(send()["status"] == 200);
}

TEST_CASE("an endpoint that does not answer keeps nobody waiting for longer than its "
          "bound") {
  httplib::Server endpoint;
  std::promise<void> over;
  const auto ended = over.get_future().share();
  endpoint.Post("/ask",
                [&](const httplib::Request&, httplib::Response&) { ended.wait(); });
  const auto port = endpoint.bind_to_any_port("127.0.0.1");
  std::thread serving{[&] {
    endpoint.listen_after_bind();
  }};
  {
    running_server server{running_server::later{}};
    server.options.insert(
        server.options.end(),
        {"--set", "abuse.webhook=http://127.0.0.1:" + std::to_string(port) + "/ask",
         "--set", "abuse.webhook_fails=closed", "--set", "abuse.webhook_timeout=200ms"});
    server.variables = {
        "TINYBOOK_ABUSE_WEBHOOK_KEY=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    server.start();
    const auto begun = std::chrono::steady_clock::now();
    const auto refused = server.browser().sign_up("ann@example.org", "correct horse");
    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "5");
    CHECK(std::chrono::steady_clock::now() - begun < 1500ms);
  }
  over.set_value();
  endpoint.stop();
  serving.join();
}

TEST_CASE("what one person may write has limits that are named") {
  running_server server{{"--set", "articles.saves_per_hour=3", "--set",
                         "articles.likes_per_minute=2", "--set",
                         "articles.max_per_person=2"}};
  auto ann = server.person("ann");
  const auto save = [&] {
    return ann.post("/articles/edit", {{"title", "T"}, {"content", "c"}});
  };
  const auto first =
      ann.post("/articles/publish", {{"title", "T"}, {"content", "c"}}).data();
  CHECK(save().status == 200);
  const auto full = save();
  CHECK(full.status == 429);
  CHECK(full.error() == "quota_reached");
  CHECK(full.header("Retry-After") == "3600");
  CHECK(full.body["rule"] == "articles.max_per_person");
  const auto limited = save();
  CHECK(limited.status == 429);
  CHECK(limited.body["rule"] == "articles.saves_per_hour");
  CHECK(std::stoi(limited.header("Retry-After")) > 3000);
  const auto like = [&](bool on) {
    return ann.post("/articles/like", {{"id", first}, {"like", on}});
  };
  CHECK(like(true).status == 200);
  CHECK(like(false).status == 200);
  const auto third = like(true);
  CHECK(third.status == 429);
  CHECK(third.body["rule"] == "articles.likes_per_minute");
  CHECK(std::stoi(third.header("Retry-After")) <= 60);
}

} // namespace tinybook::test
